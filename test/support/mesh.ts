import { onTestFinished } from 'vitest'
import type { ConnectorOptions, MeshConnector } from '../../router/mesh/connection/connector.ts'
import type { ControlTimers } from '../../router/mesh/control/control-link.ts'
import type { ListenerOptions, MeshListener } from '../../router/mesh/connection/listener.ts'
import { RouterCore } from '../../router/mesh/router-core.ts'
import type { RouterMode } from '../../router/mesh/router-annotations.ts'
import { eventually } from './eventually.ts'

const LOOPBACK = '127.0.0.1'

/** A router of a test, in this process, with a port for other routers. */
export interface TestRouter {
  readonly id: string
  readonly core: RouterCore
  /** For other routers; of an edge router, for clients. */
  readonly listener: MeshListener
  readonly port: number
  /** Its log lines, as `level text`. */
  readonly log: string[]
}

export interface TestRouterOptions {
  readonly mode?: RouterMode
  readonly timers?: Partial<ControlTimers>
  readonly listener?: Partial<ListenerOptions>
  readonly bootedAt?: number
}

/** Starts a router that is closed at the end of the test. */
export async function startRouter(id: string, options: TestRouterOptions = {}): Promise<TestRouter> {
  const log: string[] = []
  const core = new RouterCore({
    ...{ routerId: id, version: 'test', random: Math.random, mode: options.mode ?? 'interior' },
    bootedAt: options.bootedAt ?? Date.now(),
    now: () => performance.now(),
    timers: options.timers ?? {},
    log: {
      info: (_, text) => log.push(`info ${text}`),
      warn: (_, text) => log.push(`warn ${text}`),
    },
  })
  onTestFinished(() => core.close())
  core.start()
  const role = options.mode === 'edge' ? 'normal' : 'inter-router'
  const address = { name: 'routers', role, host: LOOPBACK, port: 0 } as const
  const listener = await core.addListener({ ...address, ...options.listener })
  return { id, core, listener, port: listener.port, log }
}

/** `from` dials `to`. Resolves when both have a route to the other. */
export async function link(
  from: TestRouter,
  to: TestRouter,
  options: Partial<ConnectorOptions> = {},
): Promise<MeshConnector> {
  const connector = from.core.addConnector({
    ...{ name: `to-${to.id}`, role: 'inter-router', host: LOOPBACK, port: to.port },
    ...options,
  })
  await eventually(() => knows(from, to.id) && knows(to, from.id))
  return connector
}

export function knows(router: TestRouter, id: string): boolean {
  return router.core.nodes().some((node) => node.routerId === id && node.cost !== undefined)
}

/** Three routers in a row, each linked to the next; resolves when the ends know each other. */
export async function line(...ids: [string, string, string]): Promise<[TestRouter, TestRouter, TestRouter]> {
  const [first, middle, last] = await Promise.all([startRouter(ids[0]), startRouter(ids[1]), startRouter(ids[2])])
  await link(first, middle)
  await link(middle, last)
  await eventually(() => knows(first, last.id) && knows(last, first.id))
  return [first, middle, last]
}

/** Resolves when `address` has a consumer as far as `router` knows. */
export async function reachable(router: TestRouter, address: string): Promise<void> {
  await eventually(() => router.core.forwarder.reachable(address))
}
