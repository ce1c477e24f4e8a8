import { expect, test } from 'vitest'
import { krewManifest } from '../../../../packaging/krew/krew-manifest.ts'

test('names version, archives and what is in them', () => {
  const archive = { os: 'linux', arch: 'arm64', uri: 'https://example.com/skupper-linux-arm64.tar.gz', sha256: 'ab' }
  expect(krewManifest({ version: '1.2.3', archives: [archive] })).toMatchObject({
    kind: 'Plugin',
    metadata: { name: 'skupper' },
    spec: {
      version: 'v1.2.3',
      platforms: [
        { selector: { matchLabels: { os: 'linux', arch: 'arm64' } }, uri: archive.uri, sha256: 'ab', bin: 'skupper' },
      ],
    },
  })
})
