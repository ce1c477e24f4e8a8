import { describe, expect, it, onTestFinished } from 'vitest'
import { SkupperError } from '../../core/model/error.ts'
import { TcpConnector } from '../../router/service/tcp-connector.ts'
import { eventually } from '../support/eventually.ts'
import { PATHS, tcpService, type TcpService } from '../support/service-network.ts'
import { closedPort, echoPeer, tcpClient } from '../support/tcp-peers.ts'

const CLIENTS = 10

/** A further target of the service, at the same router as its first. */
function secondTarget({ connectorContext }: TcpService, port: number): TcpConnector {
  const connector = new TcpConnector(
    { name: 'second', address: 'service:80', host: '127.0.0.1', port },
    connectorContext,
  )
  onTestFinished(() => {
    connector.destroy(new SkupperError('tcp/test-over', 'the test is over'))
  })
  return connector
}

describe.each(PATHS)('over %i routers', (routers) => {
  it('two targets share the connections', async () => {
    const [one, two] = [await echoPeer(), await echoPeer()]
    const service = await tcpService(routers, one.port)
    secondTarget(service, two.port)
    const clients = Array.from({ length: CLIENTS }, () => tcpClient(service.port))
    for (const { socket } of clients) socket.write('hello')
    await eventually(() => clients.every(({ text }) => text() === 'hello'))
    expect([one.sockets.length, two.sockets.length]).toEqual([CLIENTS / 2, CLIENTS / 2])
  })

  it('a client whose target refuses gets the other one', async () => {
    const service = await tcpService(routers, await closedPort())
    const second = secondTarget(service, (await echoPeer()).port)
    for (let n = 0; n < CLIENTS; n++) {
      const client = tcpClient(service.port)
      client.socket.end('hello')
      expect(await client.outcome).toBe('end')
      expect(client.text()).toBe('hello')
      await eventually(() => second.traffic.connectionsClosed === n + 1)
    }
    expect(service.connector.lastError?.code).toBe('tcp/refused')
    expect(service.listener.lastError).toBeUndefined()
  })

  it('a busy target that works is preferred to an idle one that refuses', async () => {
    const service = await tcpService(routers, await closedPort())
    const second = secondTarget(service, (await echoPeer()).port)
    const clients = Array.from({ length: CLIENTS }, () => tcpClient(service.port))
    for (const { socket } of clients) socket.write('hello')
    await eventually(() => clients.every(({ text }) => text() === 'hello'))
    expect(second.traffic.connectionsOpened).toBe(CLIENTS)
    expect(service.listener.lastError).toBeUndefined()
  })
})
