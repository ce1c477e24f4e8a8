import type { MeshConnector } from '../../router/mesh/connection/connector.ts'
import type { ListenerOptions, MeshListener } from '../../router/mesh/connection/listener.ts'
import { eventually } from './eventually.ts'
import { startRouter, type TestRouter } from './mesh.ts'

const LOOPBACK = '127.0.0.1'

/** Opens a port for edge routers at an interior one. */
export function edgeAccess(router: TestRouter, options: Partial<ListenerOptions> = {}): Promise<MeshListener> {
  return router.core.addListener({ name: 'edges', role: 'edge', host: LOOPBACK, port: 0, ...options })
}

/** An edge router that dials `ports` of this machine, in this order; the first one it reaches is its uplink. */
export async function startEdge(id: string, ...ports: number[]): Promise<TestRouter> {
  const edge = await startRouter(id, { mode: 'edge' })
  for (const port of ports) await dialUp(edge, port)
  return edge
}

/** Adds a connection to an interior router. Resolves when it stands. */
export async function dialUp(edge: TestRouter, port: number): Promise<MeshConnector> {
  const connector = edge.core.addConnector({ name: `up-${String(port)}`, role: 'edge', host: LOOPBACK, port })
  await eventually(() => connector.status === 'SUCCESS')
  return connector
}
