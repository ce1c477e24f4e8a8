import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AmqpClient } from '../../router/amqp/client.ts'
import type { ConnectorOptions } from '../../router/mesh/connection/connector.ts'
import { certificatesFor } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { passes } from '../support/passes.ts'
import { frozenLink } from '../support/frozen-link.ts'
import { knows, reachable, startRouter, type TestRouter } from '../support/mesh.ts'
import { call, echo, pour } from '../support/mesh-streams.ts'
import {
  SKROUTERD,
  sslProfile,
  startSkupperRouter,
  UNLESS_SKROUTERD,
  type SkupperEntity,
} from '../support/skrouterd.ts'
import { closedPort, echoPeer, tcpClient } from '../support/tcp-peers.ts'

const HOST = '127.0.0.1'
/** What a real router lets be on its way in one TCP stream (protocol sheet, section 4.7). */
const WINDOW_BYTES = 768 * 1024
const TLS = { sslProfile: 'tls', saslMechanisms: 'EXTERNAL' }

/** A real router that listens for routers, clients and TCP clients of `to-us`, and offers `theirs` from an echo server. */
async function listeningPeer(id: string, extra: SkupperEntity[] = [], access: object = {}) {
  const [routers, clients, tcp, server] = [await closedPort(), await closedPort(), await closedPort(), await echoPeer()]
  const peer = await startSkupperRouter(
    id,
    [
      ...extra,
      ['listener', { name: 'routers', host: HOST, port: routers, role: 'inter-router', ...access }],
      ['listener', { name: 'clients', host: HOST, port: clients, role: 'normal' }],
      ['tcpListener', { name: 'in', address: 'ours', host: HOST, port: tcp }],
      ['tcpConnector', { name: 'out', address: 'theirs', host: HOST, port: server.port }],
    ],
    [routers, clients],
  )
  return { peer, routers, clients, tcp }
}

function dial(router: TestRouter, port: number, change: Partial<ConnectorOptions> = {}): void {
  router.core.addConnector({ name: 'link', role: 'inter-router', host: HOST, port, ...change })
}

/** A request through the real router's TCP listener to the echo of ours, and a stream of ours to its echo server. */
async function bothWays(router: TestRouter, tcpPort: number): Promise<void> {
  echo(router.core.forwarder, 'ours')
  await reachable(router, 'theirs')
  const there = call(router.core.forwarder, 'theirs')
  there.outgoing.write(Buffer.from('from us'))
  there.outgoing.end()
  await passes(() => {
    expect(there.answer).toMatchObject({ text: 'from us', events: ['end'] })
  })
  await hasHeard(tcpPort)
}

/** Waits until the real router sends clients to the echo of ours: before, it would drop what it answers us. */
async function hasHeard(tcpPort: number): Promise<void> {
  await eventually(async () => {
    const client = tcpClient(tcpPort)
    client.socket.end('from them')
    return (await client.outcome) === 'end' && client.text() === 'from them'
  })
}

describe.skipIf(SKROUTERD === '')(`beside skupper-router${UNLESS_SKROUTERD}`, () => {
  test.each([0, 2])('we dial it, with %i data connections', async (dataConnections) => {
    const { routers, tcp } = await listeningPeer('real')
    const us = await startRouter('us')
    dial(us, routers, { dataConnections })
    await bothWays(us, tcp)
  })

  test('it dials us', async () => {
    const us = await startRouter('us')
    const connector = { name: 'link', host: HOST, port: us.port, role: 'inter-router' }
    const { tcp } = await listeningPeer('real', [['connector', connector]])
    await bothWays(us, tcp)
    expect(us.core.connections().map(({ role }) => role)).toContain('inter-router-data')
  })

  test('we dial it over mutual TLS', async () => {
    const { us: ours, real } = await certificatesFor('us', 'real')
    const access = { ...TLS, authenticatePeer: true, requireSsl: true }
    const { routers, tcp } = await listeningPeer('real', [await sslProfile('tls', real)], access)
    const us = await startRouter('us')
    dial(us, routers, { tls: ours })
    await bothWays(us, tcp)
  })

  test('it dials us over mutual TLS', async () => {
    const { us: ours, real } = await certificatesFor('us', 'real')
    const us = await startRouter('us', { listener: { tls: ours } })
    const connector = { name: 'link', host: HOST, port: us.port, role: 'inter-router', ...TLS }
    const { tcp } = await listeningPeer('real', [await sslProfile('tls', real), ['connector', connector]])
    await bothWays(us, tcp)
    expect(us.core.connections()[0]).toMatchObject({ container: 'real', user: 'CN=real' })
  })

  test('a large stream is exact each way', async () => {
    const { routers, tcp } = await listeningPeer('real')
    const us = await startRouter('us')
    dial(us, routers)
    echo(us.core.forwarder, 'ours')
    await reachable(us, 'theirs')
    await hasHeard(tcp)
    const chunk = randomBytes(256 * 1024)
    const hash = createHash('sha256')
    for (let i = 0; i < 200; i++) hash.update(chunk)
    const there = call(us.core.forwarder, 'theirs')
    await pour(there, chunk, { count: 200, windowBytes: WINDOW_BYTES })
    await eventually(() => there.answer.events.includes('end'), { deadlineMs: 30_000 })
    expect(there.answer.digest()).toBe(hash.digest('hex'))
  })

  test('300 short streams at the same time are all exact', async () => {
    const { routers } = await listeningPeer('real')
    const us = await startRouter('us')
    dial(us, routers)
    await reachable(us, 'theirs')
    const calls = Array.from({ length: 300 }, (_, i) => {
      const each = call(us.core.forwarder, 'theirs')
      each.outgoing.write(Buffer.from(`request ${String(i)}`))
      each.outgoing.end()
      return each
    })
    await eventually(() => calls.every(({ answer }) => answer.events.includes('end')), { deadlineMs: 20_000 })
    expect(calls.map(({ answer }) => answer.text)).toEqual(calls.map((_, i) => `request ${String(i)}`))
  })

  test('we carry streams and messages between two of them', async () => {
    const us = await startRouter('us')
    const west = await listeningPeer('west')
    dial(us, west.routers)
    const server = await echoPeer()
    const connector = { name: 'link', host: HOST, port: us.port, role: 'inter-router' }
    const target = { name: 'far', address: 'ours', host: HOST, port: server.port }
    await startSkupperRouter(
      'east',
      [
        ['connector', connector],
        ['tcpConnector', target],
      ],
      [],
    )
    await eventually(() => knows(us, 'west') && knows(us, 'east'))
    await eventually(async () => {
      const client = tcpClient(west.tcp)
      client.socket.end('through us')
      return (await client.outcome) === 'end' && client.text() === 'through us'
    })
    const management = await AmqpClient.connect({
      host: HOST,
      port: west.clients,
      containerId: 'test',
      deadlineMs: 5000,
    })
    const nodes = { operation: 'QUERY', entityType: 'io.skupper.router.router.node' }
    const reply = await management.request('amqp:/_topo/0/east/$management', {
      applicationProperties: nodes,
      body: { attributeNames: ['id'] },
    })
    await management.close()
    expect(reply.applicationProperties.get('statusCode')).toBe(200)
    expect(reply.body).toBeInstanceOf(Map)
  })

  test('a network that drops everything between us is noticed, and heals by itself', async () => {
    const { routers, tcp } = await listeningPeer('real')
    const wire = await frozenLink(routers)
    const us = await startRouter('us')
    dial(us, wire.port, { idleTimeoutMs: 2000 })
    await bothWays(us, tcp)
    wire.freeze()
    await eventually(() => !us.core.forwarder.reachable('theirs'))
    wire.thaw()
    await bothWays(us, tcp)
  })

  test('a router that stands still is left out, and taken in again when it goes on', async () => {
    const { peer, routers, tcp } = await listeningPeer('real')
    const us = await startRouter('us')
    dial(us, routers)
    await bothWays(us, tcp)
    peer.signal('SIGSTOP')
    await eventually(() => !knows(us, 'real'))
    expect(us.core.forwarder.reachable('theirs')).toBe(false)
    peer.signal('SIGCONT')
    await bothWays(us, tcp)
  })

  test('when it dies its addresses go, and when it is back they are back', async () => {
    const { peer, routers } = await listeningPeer('real')
    const us = await startRouter('us')
    dial(us, routers)
    await reachable(us, 'theirs')
    const open = call(us.core.forwarder, 'theirs')
    peer.signal('SIGKILL')
    await eventually(() => !us.core.forwarder.reachable('theirs'))
    await passes(() => {
      expect(open.states).toEqual(['lost'])
    })
    const listener = { name: 'routers', host: HOST, port: routers, role: 'inter-router' }
    await startSkupperRouter(
      'real',
      [
        ['listener', listener],
        ['tcpConnector', { name: 'out', address: 'theirs', host: HOST, port: 1 }],
      ],
      [],
    )
    await reachable(us, 'theirs')
  })
})
