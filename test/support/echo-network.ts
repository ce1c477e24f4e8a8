import { connect } from 'node:net'
import { expect } from 'vitest'
import type { ManagementClient } from '../../router/management/client.ts'
import { eventually } from './eventually.ts'
import { manage } from './manage.ts'
import { connectorTo, routerConfig, testAuthorities } from './router-config.ts'
import { startRouter, type RouterProcess, type RouterProcessOptions } from './router-process.ts'
import { echoPeer, type TcpPeer } from './tcp-peers.ts'

/** A machine that runs other tests beside this one may take its time. */
const PATIENCE = { deadlineMs: 60_000 }
const SERVICE = { name: 'echo', address: 'echo:7', host: '127.0.0.1' }

export interface EchoNetworkOptions {
  readonly near?: RouterProcessOptions
  readonly far?: RouterProcessOptions
  /** Attributes of the link's listener and connector. */
  readonly link?: Readonly<Record<string, unknown>>
  /** A way to the port of the far router that the link takes. */
  readonly through?: (port: number) => Promise<{ readonly port: number }>
}

/** Two router processes: clients at `near`, the target that echoes beside `far`. */
export interface EchoNetwork {
  readonly near: RouterProcess
  readonly far: RouterProcess
  readonly target: TcpPeer
  /** Where clients come in. It may change when the link was down. */
  readonly port: () => number
  /** Connections that either router carries now, as it says itself. */
  readonly open: () => Promise<number>
}

/** Starts both, linked over mutual TLS, and waits until clients can come. */
export async function echoNetwork(options: EchoNetworkOptions = {}): Promise<EchoNetwork> {
  const authorities = await testAuthorities()
  const target = await echoPeer()
  const [a, b] = await Promise.all([routerConfig('far', authorities), routerConfig('near', authorities)])
  const linked = (entities: readonly unknown[]): unknown[] => entities.map((entity) => withLink(entity, options.link))
  const connector = ['tcpConnector', { ...SERVICE, port: target.port }]
  const far = await startRouter(linked([...a.entities, connector]), options.far)
  const farPort = await far.port('links')
  const way = (await options.through?.(farPort)) ?? { port: farPort }
  const listener = ['tcpListener', { ...SERVICE, port: 0, backlog: 2048 }]
  const near = await startRouter(linked([...b.entities, connectorTo('to-far', way.port), listener]), options.near)
  const port = () => Number(near.logs({ msg: 'listening', listener: 'echo' }).at(-1)?.['port'])
  await eventually(() => port() > 0, PATIENCE)
  const managers = await Promise.all([
    manage(await near.port('local'), b.clientTls),
    manage(await far.port('local'), a.clientTls),
  ])
  return { near, far, target, port, open: async () => (await openAt(managers[0])) + (await openAt(managers[1])) }
}

/** Sends `text` over a connection of its own; true if just that came back. Nothing of it stays, so it can be called a million times. */
export function echoed(port: number, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: SERVICE.host, allowHalfOpen: true, noDelay: true })
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('error', () => undefined)
    socket.once('end', () => {
      resolve(answer === text)
      socket.destroy()
    })
    socket.once('close', () => {
      resolve(false)
    })
    socket.end(text)
  })
}

/** Waits until the network serves clients, and is left without any. */
export async function atRest({ port, open }: EchoNetwork): Promise<void> {
  await eventually(() => echoed(port(), 'is anybody there?'), PATIENCE)
  await eventually(async () => {
    expect(await open()).toBe(0)
    return true
  }, PATIENCE)
}

function withLink(entity: unknown, attributes: EchoNetworkOptions['link']): unknown {
  if (!Array.isArray(entity) || attributes === undefined) return entity
  const [type, own] = entity as [string, Readonly<Record<string, unknown>>]
  return type === 'connector' || own['name'] === 'links' ? [type, { ...own, ...attributes }] : entity
}

async function openAt(manager: ManagementClient): Promise<number> {
  const services = [...(await manager.query('tcpListener')), ...(await manager.query('tcpConnector'))]
  return services.reduce(
    (sum, { connectionsOpened, connectionsClosed }) => sum + Number(connectionsOpened) - Number(connectionsClosed),
    0,
  )
}
