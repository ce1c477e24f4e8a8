import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { PATHS, tcpService } from '../support/service-network.ts'
import { tcpClient, tcpPeer } from '../support/tcp-peers.ts'

describe.each(PATHS)('over %i routers', (routers) => {
  it('a client that resets resets the target', async () => {
    const errors: (string | undefined)[] = []
    const target = await tcpPeer((socket) => {
      socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code))
      socket.write('hello')
    })
    const { port, listener, connector } = await tcpService(routers, target.port)
    const { socket } = tcpClient(port)
    await once(socket, 'data')
    socket.resetAndDestroy()
    await eventually(() => target.sockets[0]?.closed)
    expect(errors).toEqual(['ECONNRESET'])
    await eventually(() => listener.traffic.connectionsClosed === 1 && connector.traffic.connectionsClosed === 1)
    expect(listener.lastError?.code).toBe('tcp/reset')
    expect(connector.lastError?.code).toBe('tcp/far-end-failed')
  })

  it('a target that resets resets the client', async () => {
    const target = await tcpPeer((socket) => {
      socket.once('data', () => socket.resetAndDestroy())
    })
    const { port, listener, connector } = await tcpService(routers, target.port)
    const client = tcpClient(port)
    client.socket.write('hello')
    expect(await client.outcome).toBe('ECONNRESET')
    await eventually(() => listener.traffic.connectionsClosed === 1 && connector.traffic.connectionsClosed === 1)
    expect(listener.lastError?.code).toBe('tcp/far-end-failed')
    expect(connector.lastError?.code).toBe('tcp/reset')
  })

  it('a target that answers and resets at once, while the client still sends, gets its answer through', async () => {
    const target = await tcpPeer((socket) => {
      socket.once('data', () => socket.write('413 Content Too Large', () => socket.resetAndDestroy()))
    })
    const { port, listener } = await tcpService(routers, target.port)
    const client = tcpClient(port)
    client.socket.write(Buffer.alloc(64 * 1024))
    expect(await client.outcome).toBe('ECONNRESET')
    expect(client.text()).toBe('413 Content Too Large')
    await eventually(() => listener.traffic.connectionsClosed === 1)
  })

  it('a target that resets after the client has ended resets the client', async () => {
    const target = await tcpPeer((socket) => {
      socket.resume().once('end', () => socket.resetAndDestroy())
    })
    const { port, listener } = await tcpService(routers, target.port)
    const client = tcpClient(port)
    client.socket.end('hello')
    expect(await client.outcome).toBe('ECONNRESET')
    await eventually(() => listener.traffic.connectionsClosed === 1)
  })
})
