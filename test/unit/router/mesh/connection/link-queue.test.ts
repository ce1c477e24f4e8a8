import { expect, test } from 'vitest'
import type { OutgoingDelivery } from '../../../../../router/amqp/delivery.ts'
import { LinkQueue, type CreditedSender } from '../../../../../router/mesh/connection/link-queue.ts'
import { FakeOutgoing } from '../../../../support/fake-deliveries.ts'
import { recordedWriter } from '../../../../support/recorded-handlers.ts'

class FakeSender implements CreditedSender {
  credit: number
  idle = true
  readonly sent: { readonly outgoing: FakeOutgoing; readonly settled: boolean }[] = []

  constructor(credit: number) {
    this.credit = credit
  }

  send({ settled = false }: { settled?: boolean } = {}): OutgoingDelivery {
    if (this.credit === 0) throw new Error('sent without credit')
    this.credit--
    const outgoing = new FakeOutgoing()
    this.sent.push({ outgoing, settled })
    return outgoing
  }
}

test('with credit a delivery goes straight to the link', () => {
  const sender = new FakeSender(1)
  const delivery = new LinkQueue(sender).open()
  delivery?.write(Buffer.from('a'))
  delivery?.end()
  expect(sender.sent[0]?.outgoing.text).toBe('a')
  expect(sender.sent[0]?.outgoing.calls).toEqual(['end'])
})

test('without credit deliveries wait and leave in order, never more than the credit', () => {
  const sender = new FakeSender(0)
  const queue = new LinkQueue(sender)
  for (const text of ['a', 'b', 'c']) {
    const delivery = queue.open({ settled: text === 'b' })
    delivery?.write(Buffer.from(text))
    delivery?.end()
  }
  sender.credit = 2
  queue.pump()
  expect(sender.sent.map(({ outgoing }) => outgoing.text)).toEqual(['a', 'b'])
  expect(sender.sent.map(({ settled }) => settled)).toEqual([false, true])
  sender.credit = 1
  queue.pump()
  expect(sender.sent[2]?.outgoing.text).toBe('c')
})

test('a waiting writer is asked to pause, and told when the link takes its bytes', () => {
  const sender = new FakeSender(0)
  const queue = new LinkQueue(sender)
  const delivery = queue.open()
  const writer = recordedWriter()
  if (delivery !== undefined) delivery.handler = writer
  expect(delivery?.write(Buffer.alloc(1000))).toBe(true)
  expect(delivery?.write(Buffer.alloc(64 * 1024))).toBe(false)
  sender.credit = 1
  queue.pump()
  expect(writer.calls).toEqual(['drain'])
  expect(sender.sent[0]?.outgoing.bytes).toBe(1000 + 64 * 1024)
})

test('a full queue takes no more', () => {
  const byCount = new LinkQueue(new FakeSender(0), { bytes: 1000, deliveries: 1 })
  expect(byCount.open()).toBeDefined()
  expect(byCount.open()).toBeUndefined()
  const bySize = new LinkQueue(new FakeSender(0), { bytes: 1000, deliveries: 10 })
  bySize.open()?.write(Buffer.alloc(1000))
  expect(bySize.open()).toBeUndefined()
})

test('an aborted delivery leaves no trace if it was still waiting', () => {
  const sender = new FakeSender(0)
  const queue = new LinkQueue(sender, { bytes: 10, deliveries: 1 })
  const delivery = queue.open()
  delivery?.write(Buffer.alloc(10))
  delivery?.abort()
  expect(queue.idle).toBe(true)
  expect(queue.open()).toBeDefined()
})

test('when the link is lost the waiting are told, and nothing more is taken', () => {
  const queue = new LinkQueue(new FakeSender(0))
  const writer = recordedWriter()
  const delivery = queue.open()
  if (delivery !== undefined) delivery.handler = writer
  queue.lose()
  expect(writer.calls).toEqual(['lost'])
  expect(delivery?.write(Buffer.alloc(1_000_000))).toBe(true)
  expect(queue.open()).toBeUndefined()
})

test.each([
  [
    'settled by the receiver',
    (sender: FakeSender) => sender.sent[0]?.outgoing.handler.onState({ kind: 'accepted' }, true),
  ],
  ['lost', (sender: FakeSender) => sender.sent[0]?.outgoing.handler.onLost()],
  [
    'ended as settled',
    (_: FakeSender, delivery: OutgoingDelivery) => {
      delivery.end(true)
    },
  ],
  [
    'aborted',
    (_: FakeSender, delivery: OutgoingDelivery) => {
      delivery.abort()
    },
  ],
])('a delivery is done once when it is %s', (_, finish) => {
  const sender = new FakeSender(1)
  const queue = new LinkQueue(sender)
  let done = 0
  const delivery = queue.open({ onDone: () => done++ })
  if (delivery === undefined) throw new Error('not opened')
  expect(queue.unfinished).toBe(1)
  finish(sender, delivery)
  finish(sender, delivery)
  expect(done).toBe(1)
  expect(queue.unfinished).toBe(0)
})

test('a link with an unsettled delivery is not idle', () => {
  const sender = new FakeSender(1)
  const queue = new LinkQueue(sender)
  queue.open()?.end()
  expect(queue.idle).toBe(false)
  sender.sent[0]?.outgoing.handler.onState({ kind: 'accepted' }, true)
  expect(queue.idle).toBe(true)
  sender.idle = false
  expect(queue.idle).toBe(false)
})
