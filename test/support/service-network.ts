import { onTestFinished } from 'vitest'
import { SkupperError } from '../../core/model/error.ts'
import type { ServiceContext } from '../../router/service/service-context.ts'
import { TcpConnector } from '../../router/service/tcp-connector.ts'
import { TcpListener } from '../../router/service/tcp-listener.ts'
import { certificatesFor } from './certificates.ts'
import { eventually } from './eventually.ts'
import { link, startRouter, type TestRouter } from './mesh.ts'
import { serviceContext } from './service-context.ts'

const STOP = new SkupperError('tcp/test-over', 'the test is over')

/** How many routers a connection passes: in one process, and over one and two links. */
export const PATHS = [1, 2, 3] as const

/** A service whose listener and connector are at the two ends of a line of routers. */
export interface TcpService {
  /** Where its clients connect. */
  readonly port: number
  readonly listener: TcpListener
  readonly connector: TcpConnector
  /** For further connectors at the far end. */
  readonly connectorContext: ServiceContext
}

/** Exposes what listens on `targetPort` of 127.0.0.1 over `routers` routers, until the test ends. */
export async function tcpService(routers: number, targetPort: number): Promise<TcpService> {
  const line = await routerLine(routers)
  const connectorContext = serviceContext(routerAt(line, -1).core.forwarder).context
  const listener = new TcpListener(
    { name: 'listener', address: 'service:80', host: '127.0.0.1', port: 0, backlog: 2048 },
    serviceContext(routerAt(line, 0).core.forwarder).context,
  )
  const connector = new TcpConnector(
    { name: 'connector', address: 'service:80', host: '127.0.0.1', port: targetPort },
    connectorContext,
  )
  onTestFinished(() => {
    listener.destroy(STOP)
    connector.destroy(STOP)
  })
  return { port: await eventually(() => listener.port), listener, connector, connectorContext }
}

/** Routers in a row, each linked to the next over mutual TLS, until the test ends. */
async function routerLine(length: number): Promise<TestRouter[]> {
  if (length === 1) return [await startRouter('R0')]
  certificates ??= certificatesFor('router')
  const { router: tls } = await certificates
  const line = await Promise.all(Array.from({ length }, (_, n) => startRouter(`R${String(n)}`, { listener: { tls } })))
  for (let n = 1; n < length; n++) await link(routerAt(line, n - 1), routerAt(line, n), { tls })
  return line
}

/** One certificate for all routers of a test file: making one takes a while. */
let certificates: ReturnType<typeof certificatesFor<'router'>> | undefined

function routerAt(line: readonly TestRouter[], at: number): TestRouter {
  const router = line.at(at)
  if (router === undefined) throw new Error('a line has at least one router')
  return router
}
