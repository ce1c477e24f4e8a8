import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crdManifests } from './crd-manifests.ts'

const root = join(import.meta.dirname, '..')

for (const { path, text } of crdManifests()) {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}
