import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { crdManifests } from '../../../scripts/crd-manifests.ts'

const ROOT = join(import.meta.dirname, '../../..')

test('manifests/crds is what the code makes', async () => {
  const made = crdManifests()
  for (const { path, text } of made) {
    expect(await readFile(join(ROOT, path), 'utf8').catch(() => 'missing: npm run manifests'), path).toBe(text)
  }
  const files = (await readdir(join(ROOT, 'manifests/crds'))).filter((name) => name.endsWith('.yaml'))
  expect(made.map(({ path }) => path)).toEqual(expect.arrayContaining(files.map((name) => `manifests/crds/${name}`)))
})
