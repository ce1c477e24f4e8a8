import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { SkupperError } from '../../../../../core/model/error.ts'
import { TcpServices } from '../../../../../router/management/entities/tcp-services.ts'
import { eventually } from '../../../../support/eventually.ts'
import { SslProfiles } from '../../../../../router/tls/ssl-profiles.ts'
import { MemoryRouter } from '../../../../support/memory-router.ts'
import { serviceContext } from '../../../../support/service-context.ts'
import { echoPeer, tcpClient } from '../../../../support/tcp-peers.ts'
import { takePort } from '../../../../support/taken-port.ts'

const WEB = { address: 'web:80', host: '127.0.0.1' }

let context = serviceContext(new MemoryRouter())
let services = new TcpServices(context.context, new SslProfiles(Date.now))

beforeEach(() => {
  context = serviceContext(new MemoryRouter())
  services = new TcpServices(context.context, new SslProfiles(Date.now))
  onTestFinished(() => {
    services.destroy(new SkupperError('test/over', 'the test is over'))
  })
})

const types = () => {
  const [listeners, connectors] = services.types
  if (listeners === undefined || connectors === undefined) throw new Error('no types')
  return { listeners, connectors }
}

/** A listener and a connector to an echo, and a client that has talked through them. */
async function connected() {
  const { listeners, connectors } = types()
  const free = await takePort('127.0.0.1')
  await free.release()
  const listener = await listeners.create?.('in', { ...WEB, port: free.port })
  await connectors.create?.('out', { ...WEB, port: (await echoPeer()).port })
  if (listener === undefined) throw new Error('not created')
  await eventually(() => listeners.list()[0]?.['operStatus'] === 'up')
  const client = tcpClient(free.port)
  client.socket.write('hello')
  await eventually(() => client.text() === 'hello')
  return { listeners, connectors, listener, client }
}

test('services are shown with what they carry', async () => {
  const { listeners } = await connected()
  const carried = { connectionsOpened: 1, connectionsClosed: 0, bytesIn: 5, bytesOut: 5 }
  expect(listeners.list()).toMatchObject([{ name: 'in', operStatus: 'up', connectionMsg: '', ...carried }])
  expect(services.figures).toEqual([
    { type: 'tcpListener', name: 'in', address: 'web:80', ...carried },
    { type: 'tcpConnector', name: 'out', address: 'web:80', ...carried },
  ])
})

test('a removed listener cuts its connections', async () => {
  const { listeners, listener, client } = await connected()
  await listeners.delete?.(listener)
  expect(await client.outcome).toBe('ECONNRESET')
  expect(services.figures.map(({ name }) => name)).toEqual(['out'])
})

test('a removed connector takes nobody new, and those it has go on', async () => {
  const { listeners, connectors, client } = await connected()
  const [connector] = connectors.list()
  if (connector !== undefined) await connectors.delete?.(connector)
  await eventually(() => listeners.list()[0]?.['operStatus'] === 'down')
  client.socket.write(', again')
  await eventually(() => client.text() === 'hello, again')
  await services.drain(0)
  expect(await client.outcome).toBe('ECONNRESET')
})

test('draining cuts who does not finish in time', async () => {
  const { client } = await connected()
  await services.drain(0)
  expect(await client.outcome).toBe('ECONNRESET')
})

test('TLS without its profile is refused, and so is what is no service', async () => {
  const { listeners, connectors } = types()
  const tls = { ...WEB, port: 1, sslProfile: 'p' }
  await expect(listeners.create?.('a', tls)).rejects.toMatchObject({ code: 'config/unknown-profile' })
  await expect(connectors.create?.('a', tls)).rejects.toMatchObject({ code: 'config/unknown-profile' })
  await expect(listeners.create?.('a', { port: 1 })).rejects.toMatchObject({ code: 'config/invalid-attribute' })
  expect(context.records).toEqual([])
})
