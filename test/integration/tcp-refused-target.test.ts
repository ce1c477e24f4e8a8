import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { PATHS, tcpService } from '../support/service-network.ts'
import { closedPort, echoPeer, tcpClient } from '../support/tcp-peers.ts'

describe.each(PATHS)('over %i routers', (routers) => {
  it('a target that refuses is an error at the client, with its reason kept on both sides', async () => {
    const { port, listener, connector } = await tcpService(routers, await closedPort())
    const client = tcpClient(port)
    client.socket.write('hello')
    expect(await client.outcome).toBe('ECONNRESET')
    await eventually(() => listener.traffic.connectionsClosed === 1)
    expect(listener.lastError?.code).toBe('tcp/refused')
    expect(connector.lastError?.code).toBe('tcp/refused')
    expect(connector.traffic.bytesOut).toBe(0)
  })

  it('a client is refused by the kernel once the target is withdrawn', async () => {
    const target = await echoPeer()
    const { port, listener, connector } = await tcpService(routers, target.port)
    connector.close()
    await eventually(() => listener.operStatus === 'down')
    expect(await tcpClient(port).outcome).toBe('ECONNREFUSED')
  })
})
