import { onTestFinished } from 'vitest'
import { SkupperError } from '../../core/model/error.ts'
import { Forwarder } from '../../router/mesh/forwarder.ts'
import { TcpConnector } from '../../router/service/tcp-connector.ts'
import { TcpListener } from '../../router/service/tcp-listener.ts'
import { eventually } from './eventually.ts'
import { serviceContext } from './service-context.ts'

const STOP = new SkupperError('tcp/test-over', 'the test is over')

/** How many routers a connection passes: in one process, and over one and two links. */
export const PATHS = [1] as const

/** A service whose listener and connector are at the two ends of a line of routers. */
export interface TcpService {
  /** Where its clients connect. */
  readonly port: number
  readonly listener: TcpListener
  readonly connector: TcpConnector
}

/** Exposes what listens on `targetPort` of 127.0.0.1 over `routers` routers, until the test ends. */
export async function tcpService(routers: number, targetPort: number): Promise<TcpService> {
  const line = await routerLine(routers)
  const listener = new TcpListener(
    { name: 'listener', address: 'service:80', host: '127.0.0.1', port: 0, backlog: 2048 },
    serviceContext(end(line, 0)).context,
  )
  const connector = new TcpConnector(
    { name: 'connector', address: 'service:80', host: '127.0.0.1', port: targetPort },
    serviceContext(end(line, -1)).context,
  )
  onTestFinished(() => {
    listener.destroy(STOP)
    connector.destroy(STOP)
  })
  return { port: await eventually(() => listener.port), listener, connector }
}

async function routerLine(routers: number): Promise<Forwarder[]> {
  await Promise.resolve()
  return Array.from({ length: routers }, (_, n) => lonelyRouter(`R${String(n)}`))
}

function lonelyRouter(routerId: string): Forwarder {
  const routes = {
    routerId,
    radius: 0,
    nextHop: () => undefined,
    cost: () => undefined,
    holders: () => [],
    carries: () => false,
    advertise: () => undefined,
    withdraw: () => undefined,
  }
  return new Forwarder({ routes, random: Math.random })
}

function end(line: readonly Forwarder[], at: number): Forwarder {
  const router = line.at(at)
  if (router === undefined) throw new Error('a line has at least one router')
  return router
}
