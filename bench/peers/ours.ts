import { startChild } from '../child.ts'
import { routerBundle } from '../router-bundle.ts'
import { startLinkedRouters } from './linked-routers.ts'
import type { Peer } from './peer.ts'

/** Two of our routers. */
export const ours: Peer = {
  name: 'ours',
  async start({ profiles, ...setting }) {
    const program = await routerBundle(setting.directory)
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
