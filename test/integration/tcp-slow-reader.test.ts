import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { PATHS, tcpService } from '../support/service-network.ts'
import { echoPeer, tcpClient, tcpPeer } from '../support/tcp-peers.ts'

const BYTES = 32 * 1024 * 1024
/** What may be under way for one stream: its window, and the socket buffers of the kernel at both ends. */
const MAX_UNDER_WAY_BYTES = 16 * 1024 * 1024

describe.each(PATHS)('over %i routers', (routers) => {
  it('a client that does not read stops its own sender only', async () => {
    const target = await tcpPeer((socket) => {
      socket.once('data', () => socket.end(Buffer.alloc(BYTES)))
    })
    const { port, connector } = await tcpService(routers, target.port)
    const slow = tcpClient(port)
    slow.socket.pause().write('go')
    await eventually(() => target.sockets.length === 1)

    const fast = tcpClient(port)
    fast.socket.end('go')
    expect(await fast.outcome).toBe('end')
    expect(fast.socket.bytesRead).toBe(BYTES)

    expect(connector.traffic.bytesIn - BYTES).toBeLessThan(MAX_UNDER_WAY_BYTES)
    slow.socket.resume()
    expect(await slow.outcome).toBe('end')
    expect(slow.socket.bytesRead).toBe(BYTES)
  })

  it('a target that does not read stops its own client only', async () => {
    const target = await tcpPeer((socket) => {
      socket.once('data', (chunk) => {
        if (chunk.toString().startsWith('slow')) socket.pause()
        else socket.resume().once('end', () => socket.end('done'))
      })
    })
    const { port, listener } = await tcpService(routers, target.port)
    const slow = tcpClient(port)
    slow.socket.write('slow')
    await eventually(() => target.sockets[0]?.isPaused() === true && target.sockets[0].bytesRead > 0)
    slow.socket.write(Buffer.alloc(BYTES))

    const fast = tcpClient(port)
    fast.socket.write('fast')
    fast.socket.end(Buffer.alloc(BYTES))
    expect(await fast.outcome).toBe('end')
    expect(fast.text()).toBe('done')

    expect(listener.traffic.bytesIn - BYTES).toBeLessThan(MAX_UNDER_WAY_BYTES)
    target.sockets[0]?.resume()
    await eventually(() => target.sockets[0]?.bytesRead === BYTES + 4)
  })

  it('a client that reads byte by byte gets every byte, beside others', async () => {
    const target = await echoPeer()
    const { port } = await tcpService(routers, target.port)
    const slow = tcpClient(port)
    slow.socket.removeAllListeners('data').pause()
    slow.socket.write('one byte at a time')
    let text = ''
    for (let turn = 0; turn < 18; turn++) {
      const fast = tcpClient(port)
      fast.socket.end('fast')
      expect(await fast.outcome).toBe('end')
      text += await eventually(() => (slow.socket.read(1) as Buffer | null)?.toString())
    }
    expect(text).toBe('one byte at a time')
  })
})
