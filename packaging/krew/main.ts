import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { stringify } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { krewManifest, type KrewArchive } from './krew-manifest.ts'

const USAGE = 'usage: npm run krew -- BASE-URL skupper-OS-ARCH.tar.gz…'
const ARCHIVE = /^skupper-(linux|darwin)-(amd64|arm64)\.tar\.gz$/

// Prints the manifest of a release; BASE-URL is where its archives are to be downloaded from.
const [baseUrl, ...files] = process.argv.slice(2)
if (baseUrl === undefined || files.length === 0) {
  console.error(USAGE)
  process.exit(2)
}
const archives = await Promise.all(files.map((file) => archiveOf(baseUrl, file)))
process.stdout.write(stringify(krewManifest({ version: packageJson.version, archives }), { lineWidth: 0 }))

async function archiveOf(base: string, file: string): Promise<KrewArchive> {
  const [, os, arch] = ARCHIVE.exec(basename(file)) ?? []
  if (os === undefined || arch === undefined) {
    console.error(`${file} is no archive of a release\n\n${USAGE}`)
    process.exit(2)
  }
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
  return { os, arch, uri: `${base.replace(/\/$/, '')}/${basename(file)}`, sha256 }
}
