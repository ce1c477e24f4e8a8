import { build } from 'esbuild'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BUNDLE_OPTIONS, ROOT } from './bundle-options.ts'

const outdir = join(ROOT, 'dist/app')

// Into chunks, so that a command loads what it needs and nothing else. On a machine the supervisor and the router are
// processes of their own, with files of their own.
await rm(outdir, { recursive: true, force: true })
const { metafile } = await build({
  ...BUNDLE_OPTIONS,
  entryPoints: {
    main: join(ROOT, 'packaging/main.ts'),
    controller: join(ROOT, 'controller/main.ts'),
    router: join(ROOT, 'router/main.ts'),
  },
  outdir,
  chunkNames: 'chunks/[name]-[hash]',
  outExtension: { '.js': '.mjs' },
  splitting: true,
  metafile: true,
})
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
console.log(`${outdir}: ${(bytes / 1024 / 1024).toFixed(1)} MiB`)
