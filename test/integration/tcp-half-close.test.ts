import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { PATHS, tcpService } from '../support/service-network.ts'
import { tcpClient, tcpPeer } from '../support/tcp-peers.ts'

describe.each(PATHS)('over %i routers', (routers) => {
  it('a client that ends its direction still gets the answer', async () => {
    let request = ''
    const target = await tcpPeer((socket) => {
      socket.on('data', (chunk) => (request += chunk.toString()))
      socket.on('end', () => socket.end(`answer to ${request}`))
    })
    const { port, listener, connector } = await tcpService(routers, target.port)
    const client = tcpClient(port)
    client.socket.end('question')
    expect(await client.outcome).toBe('end')
    expect(client.text()).toBe('answer to question')
    await eventually(() => listener.traffic.connectionsClosed === 1 && connector.traffic.connectionsClosed === 1)
    expect(listener.lastError).toBeUndefined()
    expect(connector.lastError).toBeUndefined()
  })

  it('a target that ends its direction still gets what the client sends', async () => {
    let received = ''
    const target = await tcpPeer((socket) => {
      socket.on('data', (chunk) => (received += chunk.toString()))
      socket.end('bye')
    })
    const { port, listener, connector } = await tcpService(routers, target.port)
    const client = tcpClient(port)
    expect(await client.outcome).toBe('end')
    expect(client.text()).toBe('bye')
    client.socket.end('last words')
    await eventually(() => received === 'last words')
    await eventually(() => listener.traffic.connectionsClosed === 1 && connector.traffic.connectionsClosed === 1)
    expect(listener.lastError).toBeUndefined()
  })

  it('an end without a byte arrives on both sides', async () => {
    const target = await tcpPeer((socket) => {
      socket.resume().on('end', () => socket.end())
    })
    const { port, connector } = await tcpService(routers, target.port)
    const client = tcpClient(port)
    client.socket.end()
    expect(await client.outcome).toBe('end')
    await eventually(() => connector.traffic.connectionsClosed === 1)
  })
})
