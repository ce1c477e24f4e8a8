import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allManifests } from '../../../scripts/all-manifests.ts'

const ROOT = join(import.meta.dirname, '../../..')
const BY_HAND = /^(manifests\/samples\/|charts\/skupper\/values\.yaml$)/

test('manifests and charts are what the code makes', async () => {
  const made = allManifests()
  for (const { path, text } of made) {
    expect(await readFile(join(ROOT, path), 'utf8').catch(() => 'missing: npm run manifests'), path).toBe(text)
  }
  const files = (await Promise.all(['manifests', 'charts'].map(filesIn))).flat()
  expect(files.filter((path) => !BY_HAND.test(path)).sort()).toEqual(made.map(({ path }) => path).sort())
})

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1))
}
