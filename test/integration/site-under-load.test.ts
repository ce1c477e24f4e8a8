import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { answers, backend, siteHost, startSite, type MachineSite } from '../support/machine-site.ts'
import { forgetPeak, memoryOf } from '../support/process-memory.ts'
import { tcpClient, tcpPeer } from '../support/tcp-peers.ts'

const MIB = 1024 * 1024
/** The environment asks for more: LOAD_CONCURRENT=1000, LOAD_SEQUENTIAL=10000, LOAD_BYTES=1073741824. LOAD_REPORT=1 prints the memory. */
const CONCURRENT = Number(process.env['LOAD_CONCURRENT'] ?? 100)
const SEQUENTIAL = Number(process.env['LOAD_SEQUENTIAL'] ?? 200)
const BYTES = Number(process.env['LOAD_BYTES'] ?? 16 * MIB)
const REPORT = process.env['LOAD_REPORT'] === '1'
const DEADLINE_MS = 120_000 + SEQUENTIAL * 100 + BYTES / 1024
const PATIENCE = { deadlineMs: DEADLINE_MS / 2 }
const MAX_ROUTER_BYTES = 400 * MIB
const MAX_SUPERVISOR_BYTES = 300 * MIB
const ECHO = { address: 'echo', port: 7007 }
const BULK = { address: 'bulk', port: 7008 }
const WEB = { address: 'web', port: 8080 }
const PIECE = randomBytes(MIB)

interface Watched {
  readonly name: string
  readonly pid: number
  readonly maxBytes: number
}

async function watched(sites: readonly MachineSite[]): Promise<Watched[]> {
  const each = await Promise.all(
    sites.map(async (site) => [
      { name: `router ${site.name}`, pid: await site.routerPid(), maxBytes: MAX_ROUTER_BYTES },
      { name: `supervisor ${site.name}`, pid: site.supervisorPid, maxBytes: MAX_SUPERVISOR_BYTES },
    ]),
  )
  return each.flat()
}

/** Runs `load`; then every process must have stayed small. */
async function bounded(processes: readonly Watched[], what: string, load: () => Promise<void>): Promise<void> {
  for (const { pid } of processes) await forgetPeak(pid)
  const began = performance.now()
  await load()
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  for (const { name, pid, maxBytes } of processes) {
    const memory = await memoryOf(pid)
    if (memory === undefined) return
    const mib = (bytes: number) => `${String(Math.round(bytes / MIB))} MiB`
    if (REPORT) console.info(`${what} (${seconds} s) ${name}: peak ${mib(memory.peak)}, after ${mib(memory.now)}`)
    expect(memory.peak, name).toBeLessThan(maxBytes)
  }
}

async function send(socket: Socket): Promise<string> {
  const hash = createHash('sha256')
  for (let left = BYTES; left > 0; left -= PIECE.length) {
    const piece = PIECE.subarray(0, Math.min(left, PIECE.length))
    hash.update(piece)
    if (!socket.write(piece)) await once(socket, 'drain')
  }
  socket.end()
  return hash.digest('hex')
}

async function receive(socket: Socket): Promise<string> {
  const hash = createHash('sha256')
  socket.removeAllListeners('data').on('data', (chunk: Buffer) => hash.update(chunk))
  await once(socket, 'end')
  return hash.digest('hex')
}

test('whole sites stay small under many connections and large streams', { timeout: DEADLINE_MS }, async () => {
  const [east, west] = await Promise.all([startSite('east', siteHost(1)), startSite('west', siteHost(2))])
  await west.link('to-east', await east.token())
  const echo = await tcpPeer((socket) => socket.pipe(socket), east.host)
  const served: Promise<string>[] = []
  const bulk = await tcpPeer((socket) => {
    served.push(send(socket), receive(socket))
  }, east.host)
  await east.expose({ ...ECHO, targetPort: echo.port })
  await east.expose({ ...BULK, targetPort: bulk.port })
  await east.expose({ ...WEB, targetPort: (await backend(east.host, 'ready')).port })
  await answers(west, WEB, 'ready')
  const processes = await watched([east, west])

  await bounded(processes, `${String(CONCURRENT)} at a time`, async () => {
    const clients = Array.from({ length: CONCURRENT }, () => tcpClient(ECHO.port, west.host))
    clients.forEach(({ socket }, n) => socket.write(`client ${String(n)}`))
    await eventually(() => clients.every(({ text }, n) => text() === `client ${String(n)}`), PATIENCE)
    for (const { socket } of clients) socket.end()
    for (const { outcome } of clients) expect(await outcome).toBe('end')
  })
  await bounded(processes, `${String(SEQUENTIAL)} in a row`, async () => {
    for (let n = 0; n < SEQUENTIAL; n++) {
      const client = tcpClient(ECHO.port, west.host)
      client.socket.end(`client ${String(n)}`)
      expect(await client.outcome).toBe('end')
      expect(client.text()).toBe(`client ${String(n)}`)
    }
  })
  await bounded(processes, `${String(BYTES)} bytes each way`, async () => {
    const { socket } = tcpClient(BULK.port, west.host)
    const [there, back] = await Promise.all([send(socket), receive(socket)])
    const [sent, received] = await Promise.all(served)
    expect({ there: received, back }).toEqual({ there, back: sent })
  })
})
