import type { Peer } from './peer.ts'

/** Nothing between client and backend. */
export const direct: Peer = {
  name: 'direct',
  start: ({ backendPort }) => Promise.resolve({ port: backendPort, pids: [], stop: () => Promise.resolve() }),
}
