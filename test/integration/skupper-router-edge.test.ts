import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SkupperError } from '../../core/model/error.ts'
import { TcpConnector } from '../../router/service/tcp-connector.ts'
import { TcpListener } from '../../router/service/tcp-listener.ts'
import { certificatesFor } from '../support/certificates.ts'
import { edgeAccess, startEdge } from '../support/edge.ts'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { link, startRouter, type TestRouter } from '../support/mesh.ts'
import { serviceContext } from '../support/service-context.ts'
import {
  SKROUTERD,
  sslProfile,
  startSkupperRouter,
  UNLESS_SKROUTERD,
  type SkupperEntity,
} from '../support/skrouterd.ts'
import { closedPort, echoPeer, tcpClient } from '../support/tcp-peers.ts'

const HOST = '127.0.0.1'
const STOP = new SkupperError('tcp/test-over', 'the test is over')
const SIZES = [20, 10_000_000]
const SKMANAGE = join(dirname(SKROUTERD), 'skmanage')

/** What a client of `port` gets back, or nothing where the port is closed. */
async function answerTo(port: number, bytes: Buffer): Promise<Buffer> {
  const { socket, outcome } = tcpClient(port)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.end(bytes)
  expect(await outcome).toBe('end')
  return Buffer.concat(chunks)
}

/** The echo behind `port` answers small and large, as soon as it is reachable. */
async function echoes(port: number): Promise<void> {
  await eventually(async () => (await answerTo(port, Buffer.from('?'))).length === 1, { deadlineMs: 15_000 })
  for (const size of SIZES) {
    const bytes = Buffer.alloc(size, 'x')
    expect((await answerTo(port, bytes)).equals(bytes)).toBe(true)
  }
  const many = Array.from({ length: 60 }, (_, n) => Buffer.from(`client ${String(n)}`))
  const answers = await Promise.all(many.map((bytes) => answerTo(port, bytes)))
  expect(answers.map(String)).toEqual(many.map(String))
}

/** A service of one of our routers: the port of its client, for the address `wants`, and the echo that it `offers`. */
async function ourServices(router: TestRouter, { offers, wants }: { offers: string; wants: string }) {
  const { context } = serviceContext(router.core.forwarder)
  const listener = new TcpListener({ name: 'in', address: wants, host: HOST, port: 0 }, context)
  const { port } = await echoPeer()
  const connector = new TcpConnector({ name: 'out', address: offers, host: HOST, port }, context)
  onTestFinished(() => {
    listener.destroy(STOP)
    connector.destroy(STOP)
  })
  return { listener, port: () => eventually(() => listener.port, { deadlineMs: 15_000 }) }
}

/** The same of a real router, as its configuration. */
async function theirServices({ offers, wants }: { offers: string; wants: string }) {
  const [port, server] = [await closedPort(), await echoPeer()]
  const entities: SkupperEntity[] = [
    ['tcpListener', { name: 'in', address: wants, host: HOST, port }],
    ['tcpConnector', { name: 'out', address: offers, host: HOST, port: server.port }],
  ]
  return { port, entities }
}

const AT_US = { offers: 'at-us', wants: 'at-them' }
const AT_THEM = { offers: 'at-them', wants: 'at-us' }

/** A real interior router with a port for edges. */
async function realInterior(id: string, extra: readonly SkupperEntity[], access: object = {}) {
  const [edges, clients] = [await closedPort(), await closedPort()]
  const start = (instance = id) =>
    startSkupperRouter(
      instance,
      [
        ...extra,
        ['listener', { name: 'edges', host: HOST, port: edges, role: 'edge', ...access }],
        ['listener', { name: 'clients', host: HOST, port: clients, role: 'normal' }],
      ],
      [edges, clients],
    )
  return { router: await start(), edges, clients, restart: start }
}

/** A real edge router that dials these ports. */
function realEdge(id: string, ports: readonly number[], extra: readonly SkupperEntity[]) {
  const connectors = ports.map((port, n): SkupperEntity => [
    'connector',
    { name: `up${String(n)}`, host: HOST, port, role: 'edge' },
  ])
  return startSkupperRouter(id, [['router', { id, mode: 'edge' }], ...connectors, ...extra], [])
}

describe.skipIf(SKROUTERD === '')(`edge routers with skupper-router${UNLESS_SKROUTERD}`, () => {
  test('our edge under a real interior: TCP both ways', async () => {
    const theirs = await theirServices(AT_THEM)
    const { edges } = await realInterior('real', theirs.entities)
    const ours = await ourServices(await startEdge('our-edge', edges), AT_US)
    await echoes(theirs.port)
    await echoes(await ours.port())
  })

  test('our edge under a real interior over mutual TLS', async () => {
    const { us, real } = await certificatesFor('us', 'real')
    const theirs = await theirServices(AT_THEM)
    const secure = { sslProfile: 'tls', saslMechanisms: 'EXTERNAL', authenticatePeer: true, requireSsl: true }
    const { edges } = await realInterior('real', [await sslProfile('tls', real), ...theirs.entities], secure)
    const edge = await startRouter('our-edge', { mode: 'edge' })
    edge.core.addConnector({ name: 'up', role: 'edge', host: HOST, port: edges, tls: us, verifyHostname: false })
    const ours = await ourServices(edge, AT_US)
    await echoes(theirs.port)
    await echoes(await ours.port())
  })

  test('a real edge under our interior: TCP both ways, also to a router beyond', async () => {
    const [interior, beyond] = await Promise.all([startRouter('interior'), startRouter('beyond')])
    await link(interior, beyond)
    const theirs = await theirServices(AT_THEM)
    await realEdge('real-edge', [(await edgeAccess(interior)).port], theirs.entities)
    const ours = await ourServices(beyond, AT_US)
    await echoes(theirs.port)
    await echoes(await ours.port())
  })

  test('our edge and a real one under our interior, and under a real one, call each other', async () => {
    const under = [(await edgeAccess(await startRouter('interior'))).port, (await realInterior('real', [])).edges]
    for (const [n, port] of under.entries()) {
      const theirs = await theirServices(AT_THEM)
      await realEdge(`real-edge-${String(n)}`, [port], theirs.entities)
      const ours = await ourServices(await startEdge(`our-edge-${String(n)}`, port), AT_US)
      await echoes(theirs.port)
      await echoes(await ours.port())
    }
  })

  test('a listener of an edge closes with the last target elsewhere, though it has one itself no longer', async () => {
    const { edges, clients } = await realInterior('real', [])
    const edge = await startEdge('our-edge', edges)
    const heard: boolean[] = []
    edge.core.forwarder.watch('shop', (news) => heard.push(news))
    const own = edge.core.forwarder.subscribe('shop', () => undefined)
    const manager = await manage(clients)
    await eventually(async () => {
      const addresses = await manager.query('router.address', { attributeNames: ['key'] })
      return addresses.some(({ key }) => key === 'Mshop')
    })
    own.close()
    await eventually(() => heard.at(-1) === false)
  })

  test('a standby uplink takes over, for our edge and for a real one', async () => {
    const ours = await startRouter('interior')
    const real = await realInterior('real', [
      ['connector', { name: 'link', host: HOST, port: ours.port, role: 'inter-router' }],
    ])
    const access = await edgeAccess(ours)
    // Each edge has for its first uplink the router that will be lost to it.
    const theirs = await theirServices(AT_THEM)
    await realEdge('real-edge', [access.port, real.edges], theirs.entities)
    const edge = await startEdge('our-edge', access.port, real.edges)
    const services = await ourServices(edge, AT_US)
    await echoes(theirs.port)
    await echoes(await services.port())
    await ours.core.close()
    await echoes(theirs.port)
    await echoes(await services.port())
  })

  test('a real interior restarts: our edge comes back by itself', async () => {
    const theirs = await theirServices(AT_THEM)
    const real = await realInterior('real', theirs.entities)
    const ours = await ourServices(await startEdge('our-edge', real.edges), AT_US)
    await echoes(theirs.port)
    await real.router.stop()
    await eventually(() => ours.listener.operStatus === 'down')
    await real.restart()
    await echoes(theirs.port)
    await echoes(await ours.port())
  })

  test('a real edge restarts under our interior', async () => {
    const interior = await startRouter('interior')
    const { port } = await edgeAccess(interior)
    const theirs = await theirServices(AT_THEM)
    const ours = await ourServices(interior, AT_US)
    const edge = await realEdge('real-edge', [port], theirs.entities)
    await echoes(theirs.port)
    edge.signal('SIGKILL')
    await eventually(() => ours.listener.operStatus === 'down')
    await realEdge('real-edge', [port], theirs.entities)
    await echoes(theirs.port)
    await echoes(await ours.port())
  })

  test('a real edge under our interior is managed from afar', async () => {
    const interior = await startRouter('interior')
    const clients = await interior.core.addListener({ name: 'clients', role: 'normal', host: HOST, port: 0 })
    await realEdge('real-edge', [(await edgeAccess(interior)).port], [])
    await eventually(() => interior.core.forwarder.reachable('_edge/real-edge'))
    const bus = `amqp://${HOST}:${String(clients.port)}`
    const { stdout } = await promisify(execFile)(
      SKMANAGE,
      ['-b', bus, '--edge-router', 'real-edge', 'query', '--type', 'io.skupper.router.router'],
      { timeout: 15_000 },
    )
    expect(stdout).toContain('"id": "real-edge"')
  })
})
