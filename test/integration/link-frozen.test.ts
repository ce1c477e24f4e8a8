import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { frozenLink } from '../support/frozen-link.ts'
import { manage } from '../support/manage.ts'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'
import { echoPeer, tcpClient, type TcpClient } from '../support/tcp-peers.ts'

const IDLE_SECONDS = 2
const ADDRESS = 'echo:7'
const HOST = '127.0.0.1'
/** A machine that runs other tests beside this one may take its time. */
const PATIENCE = { deadlineMs: 30_000 }

/** Two router processes linked through a network that can be frozen; each serves a target of the other. */
async function linkedRouters() {
  const authorities = await testAuthorities()
  const [a, b] = await Promise.all([routerConfig('a', authorities), routerConfig('b', authorities)])
  const quick = (entities: typeof a.entities) =>
    entities.map(([type, attributes]) => [
      type,
      type === 'listener' || type === 'connector' ? { ...attributes, idleTimeoutSeconds: IDLE_SECONDS } : attributes,
    ])
  const target = await echoPeer()
  const service = { name: 'echo', address: ADDRESS, host: HOST }
  const routerA = await startRouter(quick([...a.entities, ['tcpConnector', { ...service, port: target.port }]]))
  const network = await frozenLink(await routerA.port('links'))
  const routerB = await startRouter(
    quick([...b.entities, connectorTo('to-a', network.port), ['tcpListener', { ...service, port: 0 }]]),
  )
  await routerB.logged({ msg: 'listening', listener: 'echo' })
  // It closes while there is no target, and may have another port afterwards.
  const port = () => Number(routerB.logs({ msg: 'listening', listener: 'echo' }).at(-1)?.['port'])
  const local = await manage(await routerB.port('local'), b.clientTls)
  const link = async () => (await local.query('connector'))[0] ?? {}
  return { network, routerA, routerB, port, target, link }
}

async function talking(port: () => number): Promise<TcpClient> {
  const client = tcpClient(port())
  client.socket.write('hello')
  await eventually(() => client.text() === 'hello')
  return client
}

async function talkingAgain(port: () => number): Promise<void> {
  await eventually(async () => {
    const client = tcpClient(port())
    client.socket.end('again')
    expect(await client.outcome).toBe('end')
    return client.text() === 'again'
  }, PATIENCE)
}

test('a network that drops everything ends what was under way on both sides, says why, and heals by itself', async () => {
  const { network, port, target, link } = await linkedRouters()
  const clients = await Promise.all([talking(port), talking(port), talking(port)])
  network.freeze()
  for (const { outcome } of clients) expect(await outcome).toBe('ECONNRESET')
  await eventually(() => target.sockets.every(({ closed }) => closed), PATIENCE)
  expect(await link()).toMatchObject({ connectionStatus: 'FAILED' })
  expect((await link())['connectionMsg']).toMatch(/nothing came from the peer within the idle time-out|did not answer/)
  expect(await tcpClient(port()).outcome).toBe('ECONNREFUSED')

  network.thaw()
  await eventually(async () => (await link())['connectionStatus'] === 'SUCCESS', PATIENCE)
  await talkingAgain(port)
})

test('an outage that is shorter than the idle time-out costs time and nothing else', async () => {
  const { network, port, link } = await linkedRouters()
  const client = await talking(port)
  network.freeze()
  client.socket.write(', after a while')
  const before = await link()
  network.thaw()
  await eventually(() => client.text() === 'hello, after a while', PATIENCE)
  expect(await link()).toEqual(before)
})

test('a router that stands still is left out, and taken in again when it goes on', async () => {
  const { routerA, port, link } = await linkedRouters()
  const client = await talking(port)
  routerA.signal('SIGSTOP')
  expect(await client.outcome).toBe('ECONNRESET')
  expect(await link()).toMatchObject({ connectionStatus: 'FAILED' })
  routerA.signal('SIGCONT')
  await eventually(async () => (await link())['connectionStatus'] === 'SUCCESS', PATIENCE)
  await talkingAgain(port)
})

test('a router that stands still for a moment loses nothing', async () => {
  const { routerB, port, target } = await linkedRouters()
  const client = await talking(port)
  routerB.signal('SIGSTOP')
  client.socket.write(', after a while')
  routerB.signal('SIGCONT')
  await eventually(() => client.text() === 'hello, after a while', PATIENCE)
  client.socket.end()
  expect(await client.outcome).toBe('end')
  await eventually(() => target.sockets.every(({ closed }) => closed))
})
