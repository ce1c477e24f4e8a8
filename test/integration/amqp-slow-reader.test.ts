import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Session } from '../../router/amqp/session.ts'
import { Acceptor, openLink, RecordedOutgoing, RecordedReceiver, stream } from '../support/amqp-deliveries.ts'
import type { RecordedIncoming } from '../support/amqp-deliveries.ts'
import { enginePair } from '../support/amqp-pair.ts'
import type { EnginePair } from '../support/amqp-pair.ts'
import { eventually } from '../support/eventually.ts'

const FRAME_BYTES = 16_384
const WINDOW_FRAMES = 32
/** What the sender may have sent to a reader that has paused. */
const MOST_HELD = WINDOW_FRAMES * FRAME_BYTES
const BYTES = 20 * 1024 * 1024

let acceptor: Acceptor
let pair: EnginePair

beforeEach(async () => {
  acceptor = new Acceptor()
  const limits = { incomingWindow: WINDOW_FRAMES }
  pair = await enginePair({ attach: acceptor.attach, listener: { limits } })
})
afterEach(() => {
  pair.sockets.dialler.destroy()
  pair.sockets.listener.destroy()
})

const pauseAtOnce = (incoming: RecordedIncoming) => {
  incoming.delivery.pause()
}

/** Sends on a session of its own to a reader that pauses at once. */
async function slowStream(session: Session, name: string) {
  acceptor.prepare = (handler) => {
    handler.onNext = pauseAtOnce
  }
  const link = await openLink(session, acceptor, name)
  acceptor.prepare = () => undefined
  const sent = stream(new RecordedOutgoing(link.sender.send()), BYTES)
  return { sent, incoming: await link.receiver.nth(0) }
}

test('a paused reader stops its sender, and gets every byte when it goes on', async () => {
  const { sent, incoming } = await slowStream(pair.dialler.connection.begin(), 'slow')
  const quick = await openLink(pair.dialler.connection.begin(), acceptor, 'quick')
  const quickHash = await stream(new RecordedOutgoing(quick.sender.send()), BYTES)
  const quickIncoming = await quick.receiver.nth(0)
  await eventually(() => quickIncoming.heard.length > 0)
  expect(quickIncoming.hash).toBe(quickHash)
  expect(incoming.bytes).toBe(0)
  expect(pair.listener.connection.stats.bytesIn).toBeLessThan(BYTES + MOST_HELD + 1024 * 1024)
  incoming.delivery.resume()
  const slowHash = await sent
  await eventually(() => incoming.heard.length > 0)
  expect(incoming.bytes).toBe(BYTES)
  expect(incoming.hash).toBe(slowHash)
})

test('a reader that pauses after each chunk gets every byte', async () => {
  const { sent, incoming } = await slowStream(pair.dialler.connection.begin(), 'slow')
  incoming.onChunk = () => {
    incoming.delivery.pause()
    setImmediate(() => {
      incoming.delivery.resume()
    })
  }
  incoming.delivery.resume()
  const hash = await sent
  await eventually(() => incoming.heard.length > 0, { deadlineMs: 30_000 })
  expect(incoming.hash).toBe(hash)
})

test('a slow reader costs other links of its session what it holds, and not the session', async () => {
  // The stream is paused long before it fills the window: one chunk of half the window, and the rest of the session flows.
  const session = pair.dialler.connection.begin()
  acceptor.prepare = (handler) => {
    handler.onNext = pauseAtOnce
  }
  const slow = await openLink(session, acceptor, 'slow')
  acceptor.prepare = () => undefined
  const quick = await openLink(session, acceptor, 'quick')
  new RecordedOutgoing(slow.sender.send()).delivery.write(Buffer.alloc(MOST_HELD / 2))
  await slow.receiver.nth(0)
  const hash = await stream(new RecordedOutgoing(quick.sender.send()), BYTES)
  const incoming = await quick.receiver.nth(0)
  await eventually(() => incoming.heard.length > 0)
  expect(incoming.hash).toBe(hash)
})

test('a paused delivery that the reader settles gives its window back', async () => {
  const session = pair.dialler.connection.begin()
  const { incoming } = await slowStream(session, 'slow')
  incoming.delivery.update({ kind: 'released' }, true)
  const quick = await openLink(session, acceptor, 'quick')
  const hash = await stream(new RecordedOutgoing(quick.sender.send()), BYTES)
  const next = await quick.receiver.nth(0)
  await eventually(() => next.heard.length > 0)
  expect(next.hash).toBe(hash)
})

test('a paused reader of the dialling side stops the listening side likewise', async () => {
  const receiver = new RecordedReceiver()
  receiver.onNext = pauseAtOnce
  pair.dialler.connection.begin({ incomingWindow: WINDOW_FRAMES }).openReceiver({ name: 'back', credit: 1 }, receiver)
  const sender = await eventually(() => {
    const link = acceptor.senders.get('back')?.link
    return link !== undefined && link.credit > 0 ? link : undefined
  })
  const outgoing = new RecordedOutgoing(sender.send())
  const sent = stream(outgoing, BYTES)
  const incoming = await receiver.nth(0)
  expect(pair.dialler.connection.stats.bytesIn).toBeLessThan(MOST_HELD + 1024 * 1024)
  incoming.delivery.resume()
  const hash = await sent
  await eventually(() => incoming.heard.length > 0)
  expect(incoming.hash).toBe(hash)
  expect(outgoing.drains).toBeGreaterThan(0)
})
