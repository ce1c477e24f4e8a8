import { expect, test } from 'vitest'
import { withoutSecrets } from '../../../../plugin/platform/machine-dump.ts'
import { site } from '../../../support/resources.ts'

const apiVersion = 'skupper.io/v2alpha1' as const
const metadata = { name: 'x' }

test('what opens a door is hidden, what tells of the fault is kept', () => {
  const secret = { apiVersion: 'v1' as const, kind: 'Secret' as const, metadata, data: { 'tls.key': 'c2VjcmV0' } }
  const spec = { url: 'https://east.example/1', code: 'secret', ca: 'ca' }
  const token = { apiVersion, kind: 'AccessToken' as const, metadata, spec }
  const grant = {
    apiVersion,
    kind: 'AccessGrant' as const,
    metadata,
    spec: { code: 'secret' },
    status: { code: 'secret' },
  }
  for (const resource of [secret, token, grant]) {
    const text = JSON.stringify(withoutSecrets(resource))
    expect(text).toContain('(hidden)')
    expect(text).not.toMatch(/secret"|c2VjcmV0/)
  }
  expect(withoutSecrets(site('west'))).toEqual(site('west'))
})
