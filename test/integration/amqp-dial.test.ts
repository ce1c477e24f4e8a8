import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import type { SkupperError } from '../../core/model/error.ts'
import { dialSocket } from '../../router/amqp/dial.ts'
import type { DialOptions } from '../../router/amqp/dial.ts'
import { certificatesFor } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'

const servers: Server[] = []
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

async function listening(server: Server): Promise<Pick<DialOptions, 'host' | 'port'>> {
  server.on('connection', (socket: Socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

interface Outcome {
  error?: SkupperError | undefined
  socket?: Socket | undefined
}

async function dialled(options: Omit<DialOptions, 'timeoutMs'> & { timeoutMs?: number }): Promise<Outcome> {
  const outcomes: Outcome[] = []
  dialSocket({ timeoutMs: 5_000, ...options }, (error, socket) => outcomes.push({ error, socket }))
  expect(outcomes).toEqual([])
  const [outcome] = await eventually(() => (outcomes.length > 0 ? outcomes : undefined))
  expect(outcomes).toHaveLength(1)
  if (outcome?.socket !== undefined) sockets.push(outcome.socket)
  return outcome ?? {}
}

test('TCP', async () => {
  const { socket } = await dialled(await listening(createServer()))
  expect(socket?.remoteAddress).toBe('127.0.0.1')
})

test('nobody listens', async () => {
  const to = await listening(createServer())
  servers.pop()?.close()
  expect((await dialled(to)).error?.code).toBe('amqp/dial-failed')
})

test('mutual TLS, with the host verified by its address', async () => {
  const { alice, bob } = await certificatesFor('alice', 'bob')
  const to = await listening(createTlsServer({ ...bob, requestCert: true }))
  expect((await dialled({ ...to, tls: alice })).socket).toBeDefined()
})

test('a certificate for another name is refused, unless the name does not matter', async () => {
  const { alice, bob } = await certificatesFor('alice', 'bob')
  const to = await listening(createTlsServer({ ...bob, requestCert: true }))
  const tls = { ...alice, servername: 'elsewhere.example' }
  expect((await dialled({ ...to, tls })).error?.code).toBe('amqp/tls-failed')
  expect((await dialled({ ...to, tls: { ...tls, verifyHostname: false } })).socket).toBeDefined()
})

test('a certificate of another authority is refused, whatever the name', async () => {
  const [{ alice }, { bob }] = await Promise.all([certificatesFor('alice'), certificatesFor('bob')])
  const to = await listening(createTlsServer({ ...bob, requestCert: true }))
  expect((await dialled({ ...to, tls: { ...alice, verifyHostname: false } })).error?.code).toBe('amqp/tls-failed')
})

test('a listener that does not speak TLS, and one that is silent', async () => {
  const { alice } = await certificatesFor('alice')
  const plain = await listening(createServer((socket) => socket.end('hello')))
  expect((await dialled({ ...plain, tls: alice })).error?.code).toBe('amqp/tls-failed')
  const silent = await listening(createServer((socket) => socket.resume()))
  expect((await dialled({ ...silent, tls: alice, timeoutMs: 50 })).error?.code).toBe('amqp/dial-timeout')
})

test('certificates that are none', async () => {
  const to = await listening(createServer())
  expect((await dialled({ ...to, tls: { cert: 'x', key: 'y' } })).error?.code).toBe('amqp/tls-failed')
})

test('who gives up hears nothing more', async () => {
  const to = await listening(createServer())
  const heard: unknown[] = []
  const giveUp = dialSocket({ ...to, timeoutMs: 5_000 }, (...outcome) => heard.push(outcome))
  giveUp()
  giveUp()
  await dialled(to)
  expect(heard).toEqual([])
})
