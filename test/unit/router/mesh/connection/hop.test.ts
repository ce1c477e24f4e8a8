import { expect, test } from 'vitest'
import type { OutgoingDelivery } from '../../../../../router/amqp/delivery.ts'
import { InterRouterHop, type StreamOpener } from '../../../../../router/mesh/connection/hop.ts'
import type { CreditedSender } from '../../../../../router/mesh/connection/link-queue.ts'
import { FakeOutgoing } from '../../../../support/fake-deliveries.ts'

const PEER = { peerId: 'east', cost: 3 }
const COMPLETE = { streaming: false, priority: 4 }
const STREAM = { streaming: true, priority: 4 }

class FakeSender implements CreditedSender {
  credit = 10
  idle = true
  readonly sent: FakeOutgoing[] = []

  send(): OutgoingDelivery {
    this.credit--
    const outgoing = new FakeOutgoing()
    this.sent.push(outgoing)
    return outgoing
  }
}

class FakePool implements StreamOpener {
  opened = 0

  open(): OutgoingDelivery {
    this.opened++
    return new FakeOutgoing()
  }
}

function withDataLinks(hop: InterRouterHop, count = 10): FakeSender[] {
  const senders = Array.from({ length: count }, () => new FakeSender())
  for (const sender of senders) hop.useData(sender)
  return senders
}

test('a complete message takes the link of its priority', () => {
  const hop = new InterRouterHop(PEER, { pools: [] })
  const senders = withDataLinks(hop)
  hop.open({ ...COMPLETE, priority: 9 })?.write(Buffer.from('urgent'))
  expect(senders.map(({ sent }) => sent.length)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
})

test('nothing is opened before all data links are there', () => {
  const own = new FakePool()
  const hop = new InterRouterHop(PEER, { pools: [] }, own)
  withDataLinks(hop, 9)
  expect(hop.open(STREAM)).toBeUndefined()
  expect(hop.open(COMPLETE)).toBeUndefined()
  hop.useData(new FakeSender())
  expect(hop.open(STREAM)).toBeDefined()
})

test('streams take turns over the data connections', () => {
  const [one, two, own] = [new FakePool(), new FakePool(), new FakePool()]
  const pools = [one, two]
  const hop = new InterRouterHop(PEER, { pools }, own)
  withDataLinks(hop)
  for (let i = 0; i < 4; i++) hop.open(STREAM)
  expect([one.opened, two.opened, own.opened]).toEqual([2, 2, 0])
  pools.length = 0
  hop.open(STREAM)
  expect(own.opened).toBe(1)
})

test('where the peer takes no links for streams, they go on the data link of their priority', () => {
  const hop = new InterRouterHop(PEER, { pools: [] })
  const senders = withDataLinks(hop)
  hop.open(STREAM)?.write(Buffer.from('raw'))
  expect(senders[4]?.sent[0]?.text).toBe('raw')
})

test('control messages leave settled, in order, as there is credit', () => {
  const hop = new InterRouterHop(PEER, { pools: [] })
  hop.send(Buffer.from('before there is a link: lost'))
  const sender = new FakeSender()
  sender.credit = 1
  const queue = hop.useControl(sender)
  hop.send(Buffer.from('a'))
  hop.send(Buffer.from('b'))
  expect(sender.sent.map(({ text }) => text)).toEqual(['a'])
  sender.credit = 1
  queue.pump()
  expect(sender.sent.map(({ text, calls }) => [text, calls])).toEqual([
    ['a', ['end settled']],
    ['b', ['end settled']],
  ])
})
