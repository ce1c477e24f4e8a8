import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { Connection } from '../../router/amqp/connection.ts'
import type { ConnectionOptions } from '../../router/amqp/connection.ts'
import { enginePair, RecordedConnection, socketPair } from '../support/amqp-pair.ts'
import type { EnginePair, SocketPair } from '../support/amqp-pair.ts'
import { certificatesFor } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'

const opened: SocketPair[] = []
afterEach(() => {
  for (const { dialler, listener } of opened.splice(0)) {
    dialler.destroy()
    listener.destroy()
  }
})

/** Both sides with the SASL options given, whether they come to an understanding or not. */
async function meet(dialler: ConnectionOptions['sasl'], listener: ConnectionOptions['sasl'], pair?: SocketPair) {
  const sockets = pair ?? (await socketPair())
  opened.push(sockets)
  const handlers = { dialler: new RecordedConnection(), listener: new RecordedConnection() }
  Connection.accept(sockets.listener, { containerId: 'L', sasl: listener }, handlers.listener)
  Connection.dial(sockets.dialler, { containerId: 'D', sasl: dialler }, handlers.dialler)
  return handlers
}

function keep(pair: EnginePair): EnginePair {
  opened.push(pair.sockets)
  return pair
}

test('each side learns what the other said in its open', async () => {
  const { dialler, listener } = keep(
    await enginePair({
      dialler: {
        hostname: 'there',
        offeredCapabilities: ['a', 'b'],
        desiredCapabilities: ['c'],
        properties: { product: 'p', n: 4 },
        idleTimeoutMs: 8000,
      },
      listener: { maxFrameSize: 4096 },
    }),
  )
  expect(listener.connection.peer).toEqual({
    containerId: 'D',
    hostname: 'there',
    maxFrameSize: 16384,
    channelMax: 4095,
    idleTimeoutMs: 8000,
    offeredCapabilities: ['a', 'b'],
    desiredCapabilities: ['c'],
    properties: new Map<string, unknown>([
      ['product', 'p'],
      ['n', 4],
    ]),
    user: undefined,
  })
  expect(dialler.connection.peer).toMatchObject({ containerId: 'L', maxFrameSize: 4096, idleTimeoutMs: 0 })
})

test('over mutual TLS the user is the subject of the certificate', async () => {
  const { alice, bob } = await certificatesFor('alice', 'bob')
  const { listener } = keep(await enginePair({ tls: { dialler: alice, listener: bob } }))
  expect(listener.connection.peer?.user).toBe('CN=alice')
})

test('a listener refuses a mechanism it does not offer', async () => {
  const { alice, bob } = await certificatesFor('alice', 'bob')
  const sockets = await socketPair({ dialler: alice, listener: bob })
  const handlers = await meet({ mechanisms: ['ANONYMOUS'] }, { mechanisms: ['EXTERNAL'] }, sockets)
  expect(await handlers.dialler.closedWith()).toBe('amqp/sasl-refused')
  expect(await handlers.listener.closedWith()).toBeDefined()
  expect(handlers.listener.peer).toBeUndefined()
})

test('EXTERNAL without a verified certificate is refused with SASL code 1', async () => {
  const handlers = await meet({ mechanisms: ['EXTERNAL'] }, { mechanisms: ['EXTERNAL', 'ANONYMOUS'] })
  expect(await handlers.dialler.closedWith()).toBe('amqp/sasl-refused')
  expect(handlers.dialler.closed[0]?.given).toBe(1)
  expect(await handlers.listener.closedWith()).toBe('amqp/sasl-refused')
})

test('a dialler uses the first of its mechanisms that is offered', async () => {
  const handlers = await meet({ mechanisms: ['EXTERNAL', 'ANONYMOUS'] }, { mechanisms: ['ANONYMOUS'] })
  await eventually(() => handlers.dialler.peer !== undefined)
})

test('a listener takes a peer that skips SASL only if its options say so', async () => {
  const refused = await meet({ mechanisms: [] }, { mechanisms: ['ANONYMOUS'] })
  expect(await refused.listener.closedWith()).toBe('amqp/wrong-protocol')
  expect(await refused.dialler.closedWith()).toBe('amqp/wrong-protocol')
  const taken = await meet({ mechanisms: [] }, { mechanisms: ['ANONYMOUS'], optional: true })
  await eventually(() => taken.dialler.peer !== undefined && taken.listener.peer !== undefined)
})

test('a peer that says nothing is dropped when the deadline passes', async () => {
  const sockets = await socketPair()
  opened.push(sockets)
  const handler = new RecordedConnection()
  const sasl: ConnectionOptions['sasl'] = { mechanisms: ['ANONYMOUS'] }
  Connection.accept(sockets.listener, { containerId: 'L', sasl, limits: { handshakeMs: 50 } }, handler)
  sockets.dialler.resume()
  await once(sockets.dialler, 'close')
  expect(await handler.closedWith()).toBe('amqp/timeout')
})

test('a close is answered, and both sides hear of it once', async () => {
  const { dialler, listener } = keep(await enginePair())
  dialler.connection.close()
  dialler.connection.close()
  await eventually(() => dialler.handler.closed.length > 0 && listener.handler.closed.length > 0)
  expect(dialler.handler.closed).toEqual([undefined])
  expect(listener.handler.closed).toEqual([undefined])
})

test('a close with a condition reaches the other side', async () => {
  const { dialler, listener } = keep(await enginePair())
  listener.connection.close('amqp:connection:forced', 'shutting down')
  expect(await dialler.handler.closedWith()).toBe('amqp/peer-error')
  expect(dialler.handler.closed[0]?.given).toBe('amqp:connection:forced')
  expect(await listener.handler.closedWith()).toBeUndefined()
})
