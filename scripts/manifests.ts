import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { allManifests } from './all-manifests.ts'

const root = join(import.meta.dirname, '..')

for (const { path, text } of allManifests()) {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}
