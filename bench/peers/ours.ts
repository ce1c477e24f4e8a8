import { fileURLToPath } from 'node:url'
import { startChild } from '../child.ts'
import { startLinkedRouters } from './linked-routers.ts'
import type { Peer } from './peer.ts'

const ROUTER = fileURLToPath(new URL('../../router/main.ts', import.meta.url))

/** Two of our routers. */
export const ours: Peer = {
  name: 'ours',
  start(setting) {
    const { profiles } = setting
    const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
    return startLinkedRouters(
      {
        name: 'ours',
        observer: 'none',
        entities: [],
        start: (file) => startChild(process.execPath, [...profiling, ROUTER, '--config', file, '--end-with-stdin']),
      },
      setting,
    )
  },
}
