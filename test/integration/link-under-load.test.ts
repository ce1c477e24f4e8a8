import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { forgetPeak, memoryOf } from '../support/process-memory.ts'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter, type RouterProcess } from '../support/router-process.ts'
import { echoPeer, tcpClient, tcpPeer, type TcpClient } from '../support/tcp-peers.ts'

const MIB = 1024 * 1024
/** The environment asks for more: LOAD_SEQUENTIAL=10000, LOAD_BYTES=1073741824. LOAD_REPORT=1 prints the memory. */
const CONCURRENT = Number(process.env['LOAD_CONCURRENT'] ?? 1_000)
const SEQUENTIAL = Number(process.env['LOAD_SEQUENTIAL'] ?? 1_000)
const BYTES = Number(process.env['LOAD_BYTES'] ?? 64 * MIB)
const REPORT = process.env['LOAD_REPORT'] === '1'
const DEADLINE_MS = 120_000 + SEQUENTIAL * 20 + BYTES / 4096
/** One stream holds a window of 1 MiB in each of a few places, 1,000 small ones some KiB each. */
const MAX_PEAK_BYTES = 400 * MIB
const PIECE = randomBytes(MIB)

/** Two router processes linked over mutual TLS; what listens on `targetPort` beside one is called at the other. */
async function linkedRouters(targetPort: number) {
  const authorities = await testAuthorities()
  const [a, b] = await Promise.all([routerConfig('a', authorities), routerConfig('b', authorities)])
  const service = { name: 'load', address: 'load:1', host: '127.0.0.1' }
  const far = await startRouter([...a.entities, ['tcpConnector', { ...service, port: targetPort }]])
  const link = connectorTo('to-a', await far.port('links'))
  const near = await startRouter([...b.entities, link, ['tcpListener', { ...service, port: 0, backlog: 2048 }]])
  const port = await near.port('load')
  return { routers: { near, far }, port }
}

/** Runs `load`; then the routers must have stayed small. */
async function bounded(routers: Record<string, RouterProcess>, load: () => Promise<void>): Promise<void> {
  const pids = await Promise.all(
    Object.entries(routers).map(async ([name, router]) => ({
      name,
      pid: Number((await router.logged({ msg: 'ready' }))['pid']),
    })),
  )
  for (const { pid } of pids) await forgetPeak(pid)
  const before = await Promise.all(pids.map(({ pid }) => memoryOf(pid)))
  await load()
  for (const [at, { name, pid }] of pids.entries()) {
    const memory = await memoryOf(pid)
    if (memory === undefined) return
    const mib = (bytes = 0) => `${String(Math.round(bytes / MIB))} MiB`
    if (REPORT)
      console.info(`${name}: before ${mib(before[at]?.now)}, peak ${mib(memory.peak)}, after ${mib(memory.now)}`)
    expect(memory.peak).toBeLessThan(MAX_PEAK_BYTES)
  }
}

async function echoed(port: number, text: string): Promise<void> {
  const client = tcpClient(port)
  client.socket.end(text)
  expect(await client.outcome).toBe('end')
  expect(client.text()).toBe(text)
}

async function send(socket: Socket, bytes: number): Promise<string> {
  const hash = createHash('sha256')
  for (let left = bytes; left > 0; left -= PIECE.length) {
    const piece = PIECE.subarray(0, Math.min(left, PIECE.length))
    hash.update(piece)
    if (!socket.write(piece)) await once(socket, 'drain')
  }
  socket.end()
  return hash.digest('hex')
}

async function receive({ socket, outcome }: Pick<TcpClient, 'socket' | 'outcome'>): Promise<string> {
  const hash = createHash('sha256')
  socket.removeAllListeners('data').on('data', (chunk: Buffer) => hash.update(chunk))
  expect(await outcome).toBe('end')
  return hash.digest('hex')
}

test(`${String(CONCURRENT)} connections at a time`, { timeout: DEADLINE_MS }, async () => {
  const { routers, port } = await linkedRouters((await echoPeer()).port)
  await bounded(routers, async () => {
    const clients = Array.from({ length: CONCURRENT }, () => tcpClient(port))
    clients.forEach(({ socket }, n) => socket.write(`client ${String(n)}`))
    await eventually(() => clients.every(({ text }, n) => text() === `client ${String(n)}`), { deadlineMs: 60_000 })
    for (const { socket } of clients) socket.end()
    for (const { outcome } of clients) expect(await outcome).toBe('end')
  })
})

test(`${String(SEQUENTIAL)} connections in a row`, { timeout: DEADLINE_MS }, async () => {
  const { routers, port } = await linkedRouters((await echoPeer()).port)
  await bounded(routers, async () => {
    for (let n = 0; n < SEQUENTIAL; n++) await echoed(port, `client ${String(n)}`)
  })
})

test(`${String(BYTES)} bytes each way at the same time`, { timeout: DEADLINE_MS }, async () => {
  const served = { sent: Promise.resolve(''), received: Promise.resolve('') }
  const target = await tcpPeer((socket) => {
    served.sent = send(socket, BYTES)
    served.received = receive({ socket, outcome: once(socket, 'end').then(() => 'end') })
  })
  const { routers, port } = await linkedRouters(target.port)
  await bounded(routers, async () => {
    const client = tcpClient(port)
    const [there, back] = await Promise.all([send(client.socket, BYTES), receive(client)])
    expect(await served.received).toBe(there)
    expect(back).toBe(await served.sent)
  })
})

test('readers that take a byte at a time beside fast ones', { timeout: DEADLINE_MS }, async () => {
  const target = await tcpPeer((socket) => {
    socket.resume()
    // The slow ones leave before the end.
    send(socket, BYTES).catch(() => undefined)
  })
  const { routers, port } = await linkedRouters(target.port)
  await bounded(routers, async () => {
    const slow = Array.from({ length: 20 }, () => tcpClient(port))
    for (const { socket } of slow) socket.removeAllListeners('data').pause()
    for (let turn = 0; turn < 3; turn++) {
      const fast = tcpClient(port)
      expect(await receive(fast)).toBe(expected())
      for (const [n, { socket }] of slow.entries()) {
        const byte = await eventually(() => (socket.read(1) as Buffer | null) ?? undefined)
        expect(byte[0], `byte ${String(turn)} of reader ${String(n)}`).toBe(PIECE[turn])
      }
    }
    for (const { socket } of slow) socket.destroy()
  })
})

function expected(): string {
  const hash = createHash('sha256')
  for (let left = BYTES; left > 0; left -= PIECE.length) hash.update(PIECE.subarray(0, Math.min(left, PIECE.length)))
  return hash.digest('hex')
}
