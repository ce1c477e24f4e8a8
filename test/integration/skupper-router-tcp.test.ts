import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SkupperError } from '../../core/model/error.ts'
import { TcpConnector } from '../../router/service/tcp-connector.ts'
import { TcpListener } from '../../router/service/tcp-listener.ts'
import { certificatesFor } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { frozenLink, type FrozenLink } from '../support/frozen-link.ts'
import { startRouter } from '../support/mesh.ts'
import { serviceContext } from '../support/service-context.ts'
import { SKROUTERD, sslProfile, startSkupperRouter, UNLESS_SKROUTERD } from '../support/skrouterd.ts'
import { closedPort, echoPeer, tcpClient, tcpPeer, type TcpClient } from '../support/tcp-peers.ts'

const HOST = '127.0.0.1'
const STOP = new SkupperError('tcp/test-over', 'the test is over')
const LARGE_BYTES = 30_000_000
/** Shorter than the default, so that a silent peer is noticed within a test. */
const IDLE_SECONDS = 4

/** Our router and a real one, linked over mutual TLS through a network that a test can freeze. */
interface Pair {
  /** A client's port at our listener; the target is behind its connector. */
  readonly ours: number
  /** A client's port at its listener; the target is behind our connector. */
  readonly theirs: number
  readonly listener: TcpListener
  readonly connector: TcpConnector
  readonly network: FrozenLink
}

/** Both sides offer what listens on `target`. */
async function pair(target: number): Promise<Pair> {
  const { us, real } = await certificatesFor('us', 'real')
  const router = await startRouter('us', { listener: { tls: us, idleTimeoutMs: IDLE_SECONDS * 1000 } })
  const network = await frozenLink(router.port)
  const theirs = await closedPort()
  const secure = {
    role: 'inter-router',
    sslProfile: 'tls',
    saslMechanisms: 'EXTERNAL',
    idleTimeoutSeconds: IDLE_SECONDS,
  }
  await startSkupperRouter(
    'real',
    [
      await sslProfile('tls', real),
      ['connector', { name: 'link', host: HOST, port: network.port, ...secure }],
      ['tcpListener', { name: 'in', address: 'at-us', host: HOST, port: theirs }],
      ['tcpConnector', { name: 'out', address: 'at-them', host: HOST, port: target }],
    ],
    [],
  )
  const { context } = serviceContext(router.core.forwarder)
  const listener = new TcpListener({ name: 'in', address: 'at-them', host: HOST, port: 0 }, context)
  const connector = new TcpConnector({ name: 'out', address: 'at-us', host: HOST, port: target }, context)
  onTestFinished(() => {
    listener.destroy(STOP)
    connector.destroy(STOP)
  })
  const ours = await eventually(() => listener.port)
  await connected(theirs)
  return { ours, theirs, listener, connector, network }
}

/** Waits until somebody listens on `port`. */
async function connected(port: number): Promise<void> {
  await eventually(async () => {
    const { socket, outcome } = tcpClient(port)
    const refused = await Promise.race([outcome, new Promise((resolve) => socket.once('connect', resolve))])
    socket.destroy()
    return refused === undefined
  })
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function answerTo(port: number, bytes: Buffer): Promise<Buffer> {
  const { socket, outcome } = tcpClient(port)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.end(bytes)
  expect(await outcome).toBe('end')
  return Buffer.concat(chunks)
}

/** However a client is told that its connection is no more; a real router makes an end of every reset. */
async function broken({ outcome }: TcpClient): Promise<void> {
  expect(['end', 'closed', 'ECONNRESET', 'EPIPE']).toContain(await outcome)
}

const DIRECTIONS = [
  ['our listener to its connector', ({ ours }: Pair) => ours],
  ['its listener to our connector', ({ theirs }: Pair) => theirs],
] as const

describe.skipIf(SKROUTERD === '')(`TCP beside skupper-router${UNLESS_SKROUTERD}`, () => {
  describe.each(DIRECTIONS)('from %s', (_, portOf) => {
    test('20 bytes and 30 MB come back exactly', async () => {
      const port = portOf(await pair((await echoPeer()).port))
      for (const size of [20, LARGE_BYTES]) {
        const bytes = randomBytes(size)
        expect(digest(await answerTo(port, bytes))).toBe(digest(bytes))
      }
    })

    test('100 connections at a time each get their own bytes back', async () => {
      const port = portOf(await pair((await echoPeer()).port))
      const questions = Array.from({ length: 100 }, (_, n) => Buffer.from(`client ${String(n)}`))
      const answers = await Promise.all(questions.map((question) => answerTo(port, question)))
      expect(answers.map(String)).toEqual(questions.map(String))
    })

    test('a target that ends its direction first still gets what the client sends', async () => {
      let received = ''
      const target = await tcpPeer((socket) => {
        socket.on('data', (chunk) => (received += chunk.toString()))
        socket.end('bye')
      })
      const client = tcpClient(portOf(await pair(target.port)))
      expect(await client.outcome).toBe('end')
      expect(client.text()).toBe('bye')
      client.socket.end('last words')
      await eventually(() => received === 'last words')
    })

    test('a target that refuses closes the client', async () => {
      const client = tcpClient(portOf(await pair(await closedPort())))
      client.socket.write('hello')
      await broken(client)
      expect(client.text()).toBe('')
    })

    test('a reset of the target closes the client', async () => {
      const target = await tcpPeer((socket) => {
        socket.once('data', () => socket.resetAndDestroy())
      })
      const client = tcpClient(portOf(await pair(target.port)))
      client.socket.write('hello')
      await broken(client)
    })

    test('a reset of the client closes the target', async () => {
      const target = await tcpPeer((socket) => socket.resume())
      const client = tcpClient(portOf(await pair(target.port)))
      client.socket.write('hello')
      // Another connection is that of the probe for the port.
      const served = await eventually(() => target.sockets.find(({ bytesRead }) => bytesRead === 5))
      client.socket.resetAndDestroy()
      await eventually(() => served.readableEnded || served.closed)
    })

    test('a client that does not read for a while gets every byte, and stalls nobody', async () => {
      const target = await tcpPeer((socket) => {
        socket.once('data', () => socket.end(Buffer.alloc(LARGE_BYTES)))
      })
      const port = portOf(await pair(target.port))
      const slow = tcpClient(port)
      slow.socket.pause().write('go')
      expect((await answerTo(port, Buffer.from('go'))).length).toBe(LARGE_BYTES)
      slow.socket.resume()
      expect(await slow.outcome).toBe('end')
      expect(slow.socket.bytesRead).toBe(LARGE_BYTES)
    })
  })

  test('a network that goes silent ends the connections, and heals', { timeout: 60_000 }, async () => {
    const made = await pair((await echoPeer()).port)
    const clients = [tcpClient(made.ours), tcpClient(made.theirs)]
    for (const { socket } of clients) socket.write('hello')
    await eventually(() => clients.every(({ text }) => text() === 'hello'))

    made.network.freeze()
    await Promise.all(clients.map(broken))
    await eventually(() => made.listener.operStatus === 'down')

    made.network.thaw()
    await eventually(() => made.listener.operStatus === 'up', { deadlineMs: 20_000 })
    const port = await eventually(() => made.listener.port)
    expect(String(await answerTo(port, Buffer.from('again')))).toBe('again')
    await connected(made.theirs)
    expect(String(await answerTo(made.theirs, Buffer.from('again')))).toBe('again')
  })
})
