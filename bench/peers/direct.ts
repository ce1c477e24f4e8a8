import { running, type Peer } from './peer.ts'

/** Nothing between client and backend. */
export const direct: Peer = {
  name: 'direct',
  start: ({ backend }) => Promise.resolve(running(backend, [])),
}
