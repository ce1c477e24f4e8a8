import { startChild } from '../child.ts'
import { startLinkedRouters } from './linked-routers.ts'
import type { Peer } from './peer.ts'

/** Two of skupper-router, as Skupper configures them. */
export const skupperRouter = peer('skupper-router', { observer: 'auto', flowLog: true })

/** The same without what costs them most: looking into HTTP, and a log line for each connection. */
export const skupperRouterLean = peer('skupper-router-lean', { observer: 'none', flowLog: false })

function peer(name: string, { observer, flowLog }: { observer: 'auto' | 'none'; flowLog: boolean }): Peer {
  return {
    name,
    lacks: (setting) => (setting.skrouterd === '' ? 'SKROUTERD names no skrouterd' : undefined),
    start(setting) {
      return startLinkedRouters(
        {
          name,
          observer,
          entities: flowLog ? [] : [['log', { module: 'FLOW_LOG', enable: 'none' }]],
          start: (file) => startChild(setting.skrouterd, ['-c', file], { quiet: true }),
        },
        setting,
      )
    },
  }
}
