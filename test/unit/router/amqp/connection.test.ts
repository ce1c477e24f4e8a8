import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Connection } from '../../../../router/amqp/connection.ts'
import type { ConnectionOptions } from '../../../../router/amqp/connection.ts'
import { Acceptor, openLink, RecordedOutgoing, stream } from '../../../support/amqp-deliveries.ts'
import { RecordedConnection } from '../../../support/amqp-pair.ts'
import { eventually } from '../../../support/eventually.ts'

const sasl: ConnectionOptions['sasl'] = { mechanisms: ['ANONYMOUS'] }

/** Hands on what `from` says to `to`, in pieces of the sizes given, again and again. */
function forward(from: Duplex, to: Duplex, sizes: readonly number[]): void {
  let next = 0
  from.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length;) {
      const size = sizes[next++ % sizes.length] ?? 1
      to.write(chunk.subarray(at, at + size))
      at += size
    }
  })
  from.on('end', () => {
    to.end()
  })
}

/** Two engines, and a wire between them that cuts. */
async function meetOverWire(sizes: readonly number[]) {
  const [nearEnd, nearWire] = duplexPair()
  const [farEnd, farWire] = duplexPair()
  forward(nearWire, farWire, sizes)
  forward(farWire, nearWire, sizes)
  const acceptor = new Acceptor()
  const handlers = { near: new RecordedConnection(), far: new RecordedConnection(acceptor.attach) }
  Connection.accept(farEnd, { containerId: 'far', sasl }, handlers.far)
  const connection = Connection.dial(nearEnd, { containerId: 'near', sasl, maxFrameSize: 700 }, handlers.near)
  await eventually(() => handlers.near.peer !== undefined)
  return { acceptor, connection, handlers }
}

test('a conversation is the same wherever its bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
      const { acceptor, connection, handlers } = await meetOverWire(sizes)
      const link = await openLink(connection.begin(), acceptor)
      const outgoing = new RecordedOutgoing(link.sender.send())
      const hash = await stream(outgoing, 20_000, 3001)
      const incoming = await link.receiver.nth(0)
      await eventually(() => incoming.heard.length > 0)
      expect(incoming.hash).toBe(hash)
      incoming.delivery.update({ kind: 'accepted' }, true)
      await eventually(() => outgoing.states.length > 0)
      connection.close()
      expect(await handlers.far.closedWith()).toBeUndefined()
      expect(await handlers.near.closedWith()).toBeUndefined()
    }),
    { numRuns: 20 },
  )
})

test('byte by byte', async () => {
  const { acceptor, connection, handlers } = await meetOverWire([1])
  const link = await openLink(connection.begin(), acceptor)
  new RecordedOutgoing(link.sender.send()).write('slow')
  const incoming = await link.receiver.nth(0)
  await eventually(() => incoming.text === 'slow')
  connection.close()
  expect(await handlers.far.closedWith()).toBeUndefined()
})

test('before it is open there are no sessions, and a close ends it', async () => {
  const [socket] = duplexPair()
  const handler = new RecordedConnection()
  const connection = Connection.dial(socket, { containerId: 'near', sasl }, handler)
  expect(() => connection.begin()).toThrow(expect.objectContaining({ code: 'amqp/not-open' }))
  expect(connection.peer).toBeUndefined()
  connection.close()
  connection.close()
  expect(handler.closed).toEqual([undefined])
  await eventually(() => socket.destroyed)
})
