import { execFileSync } from 'node:child_process'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { build } from 'esbuild'
import { BUNDLE_OPTIONS, ROOT } from '../bundle/bundle-options.ts'

const bundle = join(ROOT, 'dist/app')
const folder = join(ROOT, 'dist/executable')
const main = join(folder, 'start.mjs')
const settings = join(folder, 'executable.json')
const output = join(folder, 'skupper')

// Node with all programs in it, for the system that this runs on.
execFileSync(process.execPath, [join(ROOT, 'packaging/bundle/main.ts')], { stdio: 'inherit' })
await mkdir(folder, { recursive: true })
await build({
  ...BUNDLE_OPTIONS,
  banner: {},
  entryPoints: [join(ROOT, 'packaging/executable/start.ts')],
  outfile: main,
})
const given = { main, mainFormat: 'module', output, disableExperimentalSEAWarning: true, assets: await assets() }
await writeFile(settings, JSON.stringify(given))
execFileSync(process.execPath, ['--build-sea', settings], { stdio: ['ignore', 'ignore', 'inherit'] })
const { size } = await stat(output)
console.log(`${output}: ${(size / 1024 / 1024).toFixed(0)} MiB`)

/** The modules of the bundle, by the names that they import each other by. */
async function assets(): Promise<Record<string, string>> {
  const entries = await readdir(bundle, { recursive: true, withFileTypes: true })
  const modules = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.mjs'))
  const files = modules.map(({ parentPath, name }) => join(parentPath, name))
  return Object.fromEntries(files.map((file) => [relative(bundle, file), file]))
}
