import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { PATHS, tcpService } from '../support/service-network.ts'
import { echoPeer, tcpClient } from '../support/tcp-peers.ts'

const CONCURRENT = 1_000
const SEQUENTIAL = 10_000

describe.each(PATHS)('over %i routers', (routers) => {
  it(`${String(CONCURRENT)} connections at a time each get their own bytes back`, async () => {
    const target = await echoPeer()
    const { port, listener, connector } = await tcpService(routers, target.port)
    const clients = Array.from({ length: CONCURRENT }, () => tcpClient(port))
    clients.forEach(({ socket }, n) => socket.write(`client ${String(n)}`))
    await eventually(() => clients.every(({ text }, n) => text() === `client ${String(n)}`), { deadlineMs: 30_000 })
    expect(listener.traffic.connectionsOpened - listener.traffic.connectionsClosed).toBe(CONCURRENT)
    for (const { socket } of clients) socket.end()
    for (const { outcome } of clients) expect(await outcome).toBe('end')
    await eventually(() => listener.traffic.connectionsClosed === CONCURRENT)
    await eventually(() => connector.traffic.connectionsClosed === CONCURRENT)
    expect(listener.lastError).toBeUndefined()
  })
})

it(
  `${String(SEQUENTIAL)} connections in a row over a link each get their own bytes back`,
  { timeout: 120_000 },
  async () => {
    const target = await echoPeer()
    const { port, listener, connector } = await tcpService(2, target.port)
    for (let n = 0; n < SEQUENTIAL; n++) {
      const client = tcpClient(port)
      client.socket.end(`client ${String(n)}`)
      expect(await client.outcome).toBe('end')
      expect(client.text()).toBe(`client ${String(n)}`)
    }
    await eventually(() => listener.traffic.connectionsClosed === SEQUENTIAL)
    await eventually(() => connector.traffic.connectionsClosed === SEQUENTIAL)
    expect(listener.lastError).toBeUndefined()
  },
)
