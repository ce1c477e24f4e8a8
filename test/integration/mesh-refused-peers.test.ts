import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { certificatesFor } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { passes } from '../support/passes.ts'
import { knows, link, startRouter } from '../support/mesh.ts'
import { takePort } from '../support/taken-port.ts'

const HOST = '127.0.0.1'

async function say(port: number, bytes: Buffer): Promise<void> {
  const socket = connect(port, HOST)
  socket.on('error', () => undefined)
  socket.resume()
  socket.write(bytes)
  await once(socket, 'close')
}

test.each([
  ['speaks HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  [
    'sends an endless frame',
    Buffer.concat([Buffer.from('AMQP\x03\x01\0\0', 'latin1'), Buffer.from([0x7f, 0xff, 0xff, 0xff, 2, 1, 0, 0])]),
  ],
])('a peer that %s costs one log line', async (_, bytes) => {
  const { core, port, log } = await startRouter('west')
  await say(port, bytes)
  await passes(() => {
    expect(log.filter((text) => text.startsWith('warn')).length).toBe(1)
    expect(core.connections()).toEqual([])
  })
})

test('a peer without TLS, or with a certificate of another CA, is refused with one log line each', async () => {
  const { west: tls } = await certificatesFor('west')
  const { east: foreign } = await certificatesFor('east')
  const west = await startRouter('west', { listener: { tls } })
  await say(west.port, Buffer.from('AMQP\x03\x01\0\0', 'latin1'))
  await eventually(() => west.log.filter((text) => text.startsWith('warn')).length === 1)
  const east = await startRouter('east')
  const connector = east.core.addConnector({
    name: 'link',
    role: 'inter-router',
    host: HOST,
    port: west.port,
    tls: foreign,
  })
  await eventually(() => connector.status === 'FAILED')
  expect(connector.message).toContain('certificate')
  expect(knows(west, 'east')).toBe(false)
})

test('a router that dials itself says so', async () => {
  const { core, port } = await startRouter('west')
  const connector = core.addConnector({ name: 'self', role: 'inter-router', host: HOST, port })
  await eventually(() => connector.status === 'FAILED')
  expect(connector.message).toContain(' id west')
})

test('a router that dials a port for clients is told why there is no link', async () => {
  const { core } = await startRouter('west')
  const { port } = await core.addListener({ name: 'clients', role: 'normal', host: HOST, port: 0 })
  const east = await startRouter('east')
  const connector = east.core.addConnector({ name: 'link', role: 'inter-router', host: HOST, port })
  await eventually(() => connector.status === 'FAILED')
  expect(connector.message).toContain('amqp:not-allowed')
})

test('connections are bounded, for each peer and in all', async () => {
  const { port, log } = await startRouter('west', { listener: { limits: { connectionsPerPeer: 2 } } })
  const sockets = [connect(port, HOST), connect(port, HOST)]
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  await eventually(async () => {
    await say(port, Buffer.from('AMQP'))
    return log.includes('warn refused a peer: too many connections')
  })
  for (const socket of sockets) socket.destroy()
  const east = await startRouter('east')
  await link(east, { ...(await startRouter('other')) })
})

test('a port that is taken is named, and can be tried again', async () => {
  const taken = await takePort(HOST)
  const { core } = await startRouter('west')
  const options = { name: 'clients', role: 'normal', host: HOST, port: taken.port } as const
  await expect(core.addListener(options)).rejects.toMatchObject({ code: 'mesh/port-in-use' })
  await taken.release()
  await core.addListener(options)
  await expect(core.addListener(options)).rejects.toMatchObject({ code: 'mesh/name-in-use' })
  expect(core.removeListener('clients')).toBe(true)
})

test('certificates that are none are refused in words', async () => {
  const { core } = await startRouter('west')
  const tls = { ca: 'no', cert: 'no', key: 'no' }
  const options = { name: 'clients', role: 'normal', host: HOST, port: 0, tls } as const
  await expect(core.addListener(options)).rejects.toMatchObject({ code: 'mesh/bad-certificate' })
})

test('renewed certificates are taken without closing what stands', async () => {
  const { west: first, east: caller } = await certificatesFor('west', 'east')
  const west = await startRouter('west', { listener: { tls: first } })
  const east = await startRouter('east')
  const connector = await link(east, west, { tls: caller })
  const { west: second, east: renewed } = await certificatesFor('west', 'east')
  west.listener.setTls(second)
  connector.setTls(renewed)
  expect(connector.status).toBe('SUCCESS')
  const [control] = east.core.connections().filter(({ role }) => role === 'inter-router')
  east.core.closeConnection(control?.id ?? 0)
  await eventually(() => connector.status === 'FAILED')
  await eventually(() => connector.status === 'SUCCESS')
})
