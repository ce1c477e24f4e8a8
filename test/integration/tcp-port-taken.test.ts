import { expect, it, onTestFinished } from 'vitest'
import { SkupperError } from '../../core/model/error.ts'
import { TcpConnector } from '../../router/service/tcp-connector.ts'
import { TcpListener } from '../../router/service/tcp-listener.ts'
import { eventually } from '../support/eventually.ts'
import { MemoryRouter } from '../support/memory-router.ts'
import { serviceContext } from '../support/service-context.ts'
import { takePort } from '../support/taken-port.ts'
import { echoPeer, tcpClient } from '../support/tcp-peers.ts'

it('a listener whose port is taken says so, and works as soon as it is free', async () => {
  const { port, release } = await takePort('127.0.0.1')
  const target = await echoPeer()
  const { context, lines } = serviceContext(new MemoryRouter())
  const connector = new TcpConnector({ name: 'c', address: 'a:1', host: '127.0.0.1', port: target.port }, context)
  const listener = new TcpListener({ name: 'l', address: 'a:1', host: '127.0.0.1', port }, context)
  onTestFinished(() => {
    for (const part of [listener, connector]) part.destroy(new SkupperError('tcp/test-over', 'the test is over'))
  })
  await eventually(() => listener.lastError?.code === 'listener/port-in-use')
  expect(listener.operStatus).toBe('down')
  expect(lines).toEqual([`port already in use: 127.0.0.1:${String(port)}`])

  await release()
  await eventually(() => listener.operStatus === 'up')
  expect(listener.lastError).toBeUndefined()
  const client = tcpClient(port)
  client.socket.end('hello')
  expect(await client.outcome).toBe('end')
  expect(client.text()).toBe('hello')
})
