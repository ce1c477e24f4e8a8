import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { startRouter } from '../support/router-process.ts'
import { SKROUTERD, startSkupperRouter, UNLESS_SKROUTERD } from '../support/skrouterd.ts'
import { closedPort, echoPeer, tcpClient } from '../support/tcp-peers.ts'
import { TelemetryCollector } from '../support/telemetry-collector.ts'

const HOST = '127.0.0.1'
/** A real router sends its first beacon up to ten seconds after somebody listens. */
const SLOW = { deadlineMs: 20_000 }

interface Ports {
  readonly clients: number
  readonly routers: number
  readonly web: number
  readonly broken: number
  readonly shop: number
}

type Engine = 'ours' | 'real'
type Entity = [type: string, attributes: Record<string, unknown>]

/** A router with clients for three services: one speaks HTTP, one has a target that refuses. */
function listenerSide({ clients, routers, web, broken, shop }: Ports): Entity[] {
  return [
    ['listener', { name: 'clients', host: HOST, port: clients, role: 'normal' }],
    ['listener', { name: 'routers', host: HOST, port: routers, role: 'inter-router' }],
    ['address', { prefix: 'mc', distribution: 'multicast' }],
    ['tcpListener', { name: 'web', address: 'web:80', host: HOST, port: String(web) }],
    ['tcpListener', { name: 'broken', address: 'broken:80', host: HOST, port: String(broken) }],
    ['tcpListener', { name: 'shop', address: 'shop:80', host: HOST, port: String(shop) }],
  ]
}

async function connectorSide(routers: number): Promise<Entity[]> {
  const [target, closed] = [(await echoPeer()).port, await closedPort()]
  return [
    ['connector', { name: 'to-clients', host: HOST, port: String(routers), role: 'inter-router' }],
    ['address', { prefix: 'mc', distribution: 'multicast' }],
    ['tcpConnector', { name: 'web', address: 'web:80', host: HOST, port: String(target) }],
    ['tcpConnector', { name: 'broken', address: 'broken:80', host: HOST, port: String(closed) }],
    ['tcpConnector', { name: 'shop', address: 'shop:80', host: HOST, port: String(await httpServer()) }],
  ]
}

/** Answers every request with `sold` until the test ends; its port. */
async function httpServer(): Promise<number> {
  const server = createServer((_, response) => response.writeHead(201).end('sold')).listen(0, HOST)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function start(engine: Engine, id: string, entities: readonly Entity[]): Promise<void> {
  if (engine === 'real') await startSkupperRouter(id, entities, [])
  else await startRouter([['router', { id, mode: 'interior' }], ...entities])
}

/** Two routers: clients are at `a`, targets at `b`. */
async function network(a: Engine, b: Engine) {
  const ports = {
    clients: await closedPort(),
    routers: await closedPort(),
    web: await closedPort(),
    broken: await closedPort(),
    shop: await closedPort(),
  }
  await start(a, 'a', listenerSide(ports))
  await start(b, 'b', await connectorSide(ports.routers))
  const collector = await eventually(() => TelemetryCollector.open(ports.clients, undefined, { flows: true }))
  await eventually(() => collector.followed.size === 2 && collector.records('CONNECTOR').length === 3, SLOW)
  return { ports, collector }
}

async function exchange(port: number, text: string): Promise<void> {
  await eventually(async () => {
    const client = tcpClient(port)
    client.socket.end(text)
    await client.outcome
    return client.text() === text
  })
}

const PAIRS: [Engine, Engine][] = [
  ['ours', 'ours'],
  ['real', 'ours'],
  ['ours', 'real'],
]

describe.each(PAIRS)('from a listener of %s to a connector of %s', (a, b) => {
  describe.skipIf(SKROUTERD === '' && (a === 'real' || b === 'real'))(UNLESS_SKROUTERD, () => {
    test('a connection is told of by both sides', async () => {
      const { ports, collector } = await network(a, b)
      // It takes a while until the connector's router knows that somebody listens to the listener's.
      const flow = await eventually(async () => {
        await exchange(ports.web, 'hello there')
        return collector.flows().find(({ octets, endTime, connector: told }) => octets === 11 && endTime && told)
      }, SLOW)
      const identityOf = (type: 'LISTENER' | 'CONNECTOR') =>
        collector.records(type).find(({ vanAddress }) => vanAddress === 'web:80')?.identity
      expect(flow).toMatchObject({
        parent: identityOf('LISTENER'),
        connector: identityOf('CONNECTOR'),
        ...{ sourceHost: HOST, octets: 11, octetsReverse: 11, trace: '0/a', proxyHost: HOST },
      })
      expect(flow.latency).toBeGreaterThanOrEqual(flow.processLatency ?? Infinity)
      expect(Number(flow.sourcePort)).toBeGreaterThan(0)
      expect(Number(flow.proxyPort)).toBeGreaterThan(0)
    })

    test('an HTTP request is told of as part of its connection', async () => {
      const { ports, collector } = await network(a, b)
      const request = await eventually(async () => {
        await fetch(`http://${HOST}:${String(ports.shop)}/cart`, { method: 'POST', body: 'tea' }).catch(() => undefined)
        return collector.requests().find(({ endTime }) => endTime)
      }, SLOW)
      expect(request).toMatchObject({
        ...{ protocol: 'HTTP/1.1', method: 'POST', result: '201', reason: 'Created' },
        ...{ octets: 3, octetsReverse: 4 },
      })
      const connection = await eventually(() => collector.flows().find(({ identity }) => identity === request.parent))
      expect(connection.sourceHost).toBe(HOST)
      expect(request.latency).toBeGreaterThan(0)
    })

    test('a refused connection says why', async () => {
      const { ports, collector } = await network(a, b)
      const flow = await eventually(async () => {
        await tcpClient(ports.broken).outcome
        return collector.flows().find(({ errorConnectorSide, endTime }) => errorConnectorSide && endTime)
      }, SLOW)
      if (b === 'ours') expect(flow.errorConnectorSide).toContain('tcp/refused')
      if (a === 'ours') expect(flow.errorListenerSide).toContain('tcp/refused')
    })
  })
})

test('listener and connector count their connections', async () => {
  const { ports, collector } = await network('ours', 'ours')
  await exchange(ports.web, 'hello')
  const counted = (type: 'LISTENER' | 'CONNECTOR') =>
    collector.records(type).some(({ vanAddress, flowCountL4 = 0 }) => vanAddress === 'web:80' && flowCountL4 > 0)
  await eventually(() => counted('LISTENER') && counted('CONNECTOR'))
})
