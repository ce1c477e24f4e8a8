import { expect, test } from 'vitest'
import { Acceptor, openLink, RecordedOutgoing, RecordedReceiver, stream } from '../support/amqp-deliveries.ts'
import { enginePair } from '../support/amqp-pair.ts'
import type { PairTls } from '../support/amqp-pair.ts'
import { certificatesFor } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'

const BYTES = 100 * 1024 * 1024

/** An open-ended delivery each way at once, on one connection. */
async function streamBothWays(tls: PairTls | undefined) {
  const acceptor = new Acceptor()
  const pair = await enginePair({ attach: acceptor.attach, ...(tls === undefined ? {} : { tls }) })
  const session = pair.dialler.connection.begin()
  const there = await openLink(session, acceptor)
  const back = new RecordedReceiver()
  session.openReceiver({ name: 'back', credit: 1 }, back)
  const sender = await eventually(() => {
    const link = acceptor.senders.get('back')?.link
    return link !== undefined && link.credit > 0 ? link : undefined
  })
  const [sentThere, sentBack] = await Promise.all([
    stream(new RecordedOutgoing(there.sender.send()), BYTES),
    stream(new RecordedOutgoing(sender.send()), BYTES, 10_007),
  ])
  const [gotThere, gotBack] = [await there.receiver.nth(0), await back.nth(0)]
  await eventually(() => gotThere.heard.length > 0 && gotBack.heard.length > 0, { deadlineMs: 50_000 })
  expect([gotThere.bytes, gotBack.bytes]).toEqual([BYTES, BYTES])
  expect([gotThere.hash, gotBack.hash]).toEqual([sentThere, sentBack])
  const { bytesIn, bytesOut } = pair.listener.connection.stats
  expect(Math.min(bytesIn, bytesOut)).toBeGreaterThan(BYTES)
  pair.dialler.connection.close()
  await pair.listener.handler.closedWith()
}

test('100 MB each way arrive exactly, over TCP', async () => {
  await streamBothWays(undefined)
})

test('100 MB each way arrive exactly, over mutual TLS', async () => {
  const { alice, bob } = await certificatesFor('alice', 'bob')
  await streamBothWays({ dialler: alice, listener: bob })
})
