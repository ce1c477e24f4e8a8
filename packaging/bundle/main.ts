import { build } from 'esbuild'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const dist = join(root, 'dist/app')

/** Packages in CommonJS form ask for Node's own modules by `require`, which a module has not. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

// Into chunks, so that a command loads what it needs and nothing else.
await rm(dist, { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: [join(root, 'packaging/main.ts')],
  outdir: dist,
  entryNames: 'main',
  chunkNames: 'chunks/[name]-[hash]',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node26',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  banner: { js: REQUIRE },
  metafile: true,
  logLevel: 'warning',
})
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
console.log(`dist/app/main.mjs and its chunks: ${(bytes / 1024 / 1024).toFixed(1)} MiB`)
