import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { startChild } from '../child.ts'
import { startLinkedRouters } from './linked-routers.ts'
import type { Peer } from './peer.ts'

const ROUTER = fileURLToPath(new URL('../../router/main.ts', import.meta.url))
/** Some libraries ask for others as CommonJS does. */
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'

/** Two of our routers, in one file each as they are shipped: run from its sources one keeps Node's compiler in memory. */
export const ours: Peer = {
  name: 'ours',
  async start({ profiles, ...setting }) {
    const program = join(setting.directory, 'router.mjs')
    await build({
      ...{ entryPoints: [ROUTER], outfile: program, bundle: true, platform: 'node', format: 'esm' },
      ...{ banner: { js: REQUIRE }, logLevel: 'error' },
    })
    const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
    return startLinkedRouters(
      {
        name: 'ours',
        observer: 'none',
        entities: [],
        start: (file) => startChild(process.execPath, [...profiling, program, '--config', file, '--end-with-stdin']),
      },
      { profiles, ...setting },
    )
  },
}
