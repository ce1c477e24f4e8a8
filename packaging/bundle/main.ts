import { build } from 'esbuild'
import { spawnSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BUNDLE_OPTIONS, ROOT } from './bundle-options.ts'

const START_MS = 20_000

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
compileAhead()
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
console.log(`${outdir}: ${(bytes / 1024 / 1024).toFixed(1)} MiB`)

/** Starts each program far enough for V8 to compile what it needs at its start; `packaging/main.ts` keeps that. */
function compileAhead(): void {
  // Nothing is reached with these: each ends with an error, or its help, once it is loaded.
  const nowhere = ['--kubeconfig', join(outdir, 'no-such-kubeconfig')]
  const starts = [
    ['version', '--client'],
    ['status', ...nowhere],
    ['init', ...nowhere],
    ['expose', 'deployment/none', ...nowhere],
    ['controller', '--platform', 'kubernetes', '--namespace', 'none', ...nowhere],
    ['router', '--config', join(outdir, 'no-such-file')],
  ]
  for (const args of starts) spawnSync(process.execPath, [join(outdir, 'main.mjs'), ...args], { timeout: START_MS })
}
