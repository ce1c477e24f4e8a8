import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { PATHS, tcpService } from '../support/service-network.ts'
import { echoPeer, tcpClient } from '../support/tcp-peers.ts'

const DEADLINE_MS = 30_000

describe.each(PATHS)('over %i routers', (routers) => {
  it('a listener that drains takes no new client and lets its last one finish', async () => {
    const { port, listener } = await tcpService(routers, (await echoPeer()).port)
    const client = tcpClient(port)
    client.socket.write('before')
    await once(client.socket, 'data')
    const drained = listener.drain(DEADLINE_MS)
    expect(await tcpClient(port).outcome).toBe('ECONNREFUSED')
    client.socket.end(', after')
    expect(await client.outcome).toBe('end')
    expect(client.text()).toBe('before, after')
    await drained
  })

  it('a connector that drains withdraws its target and lets its last client finish', async () => {
    const { port, listener, connector } = await tcpService(routers, (await echoPeer()).port)
    const client = tcpClient(port)
    client.socket.write('before')
    await once(client.socket, 'data')
    const drained = connector.drain(DEADLINE_MS)
    await eventually(() => listener.operStatus === 'down')
    client.socket.end(', after')
    expect(await client.outcome).toBe('end')
    expect(client.text()).toBe('before, after')
    await drained
  })

  it('a client that stays is reset at the deadline', async () => {
    const { port, connector } = await tcpService(routers, (await echoPeer()).port)
    const client = tcpClient(port)
    client.socket.write('hello')
    await once(client.socket, 'data')
    await connector.drain(1)
    expect(await client.outcome).toBe('ECONNRESET')
  })
})
