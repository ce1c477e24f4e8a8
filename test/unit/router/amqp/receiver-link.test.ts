import { beforeEach, describe, expect, test } from 'vitest'
import type { Frame } from '../../../../router/amqp/frame-reader.ts'
import { ReceiverLink } from '../../../../router/amqp/receiver-link.ts'
import { TransferReader } from '../../../../router/amqp/transfer.ts'
import { RecordedReceiver } from '../../../support/amqp-deliveries.ts'
import { RecordedLinkHost } from '../../../support/link-host.ts'

const flow = { incomingWindow: 100, nextOutgoingId: 0, outgoingWindow: 100, handle: 0 }
let host: RecordedLinkHost
let owner: RecordedReceiver
let link: ReceiverLink

beforeEach(() => {
  host = new RecordedLinkHost()
  owner = new RecordedReceiver()
  link = new ReceiverLink(host, 'x')
  link.handler = owner
})

function attach(): void {
  link.open({ address: 'here' }, {})
  link.onPeerAttach({ name: 'x', handle: 0, receiver: false, initialDeliveryCount: 5 })
}

/** A transfer frame, as it comes. */
function transfer(
  id: number | undefined,
  text: string,
  flags: { more?: boolean; settled?: boolean; aborted?: boolean } = {},
) {
  const head = new TransferReader()
  Object.assign(head, { deliveryId: id, ...flags })
  const bytes = Buffer.from(text)
  const frame: Frame = { type: 0, channel: 0, bytes, at: 0, end: bytes.length }
  link.onTransfer(head, frame)
}

describe('credit', () => {
  test('of the owner goes out once a turn, counted from what the sender said first', () => {
    attach()
    link.addCredit(2)
    link.addCredit(1)
    host.turn()
    expect(host.names).toEqual(['attach', 'flow'])
    expect(host.last('flow')).toMatchObject({ deliveryCount: 5, linkCredit: 3 })
    transfer(0, 'a')
    host.turn()
    expect(host.names).toHaveLength(2)
    expect(link.credit).toBe(2)
  })

  test('that was given before the peer attached goes out then', () => {
    link.open({}, {})
    link.addCredit(2)
    host.turn()
    expect(host.names).toEqual(['attach'])
    link.onPeerAttach({ name: 'x', handle: 0, receiver: false })
    host.turn()
    expect(host.last('flow')).toMatchObject({ deliveryCount: 0, linkCredit: 2 })
  })

  test('of the engine is renewed when a quarter is used, as deliveries end', () => {
    attach()
    link.renewCredit(8)
    host.turn()
    transfer(0, 'a')
    host.turn()
    expect(host.last('flow')).toMatchObject({ deliveryCount: 5 })
    transfer(1, 'b', { more: true })
    host.turn()
    expect(host.last('flow')).toMatchObject({ deliveryCount: 5 })
    transfer(1, '')
    host.turn()
    expect(host.last('flow')).toMatchObject({ deliveryCount: 7, linkCredit: 8 })
  })

  test('given back by the sender is drained', () => {
    attach()
    link.addCredit(4)
    link.drain()
    host.turn()
    expect(host.last('flow')).toMatchObject({ linkCredit: 4, drain: true })
    link.onFlow({ ...flow, deliveryCount: 7 })
    expect([link.credit, owner.drained]).toEqual([2, 0])
    link.onFlow({ ...flow, deliveryCount: 9 })
    expect([link.credit, owner.drained]).toEqual([0, 1])
  })

  test('a sender that asks is told', () => {
    attach()
    link.onFlow({ ...flow, echo: true })
    host.turn()
    expect(host.last('flow')).toMatchObject({ linkCredit: 0, handle: 0 })
  })

  test('a count that makes no sense changes nothing', () => {
    attach()
    link.addCredit(4)
    link.onFlow({ ...flow, deliveryCount: 100 })
    link.onFlow({ ...flow, deliveryCount: 0 })
    expect(link.credit).toBe(4)
  })
})

describe('deliveries', () => {
  beforeEach(() => {
    attach()
    link.addCredit(2)
  })

  test('begin, go on and end', () => {
    transfer(3, 'a', { more: true })
    transfer(undefined, 'b', { more: true })
    transfer(3, 'c')
    transfer(4, 'd', { settled: true })
    expect(owner.deliveries.map((delivery) => [delivery.text, delivery.heard])).toEqual([
      ['abc', ['end']],
      ['d', ['end settled']],
    ])
  })

  test.each([
    [
      'without a number',
      'amqp/invalid-field',
      () => {
        transfer(undefined, 'a')
      },
    ],
    [
      'without credit',
      'amqp/transfer-limit-exceeded',
      () => {
        for (const id of [0, 1, 2]) transfer(id, 'a')
      },
    ],
    [
      'within another',
      'amqp/not-allowed',
      () => {
        transfer(0, 'a', { more: true })
        transfer(1, 'b')
      },
    ],
  ])('%s: the link is detached and the owner hears why', (_name, code, happen) => {
    happen()
    expect(host.names.at(-1)).toBe('detach')
    transfer(9, 'late')
    link.onPeerDetach({ handle: 0 })
    expect(owner.detached[0]?.code).toBe(code)
    expect(host.names.filter((name) => name === 'detach')).toHaveLength(1)
  })

  test('the owner may detach as soon as it hears of one', () => {
    owner.onNext = () => {
      link.detach()
    }
    transfer(0, 'never heard')
    expect(owner.deliveries[0]?.heard).toEqual(['aborted'])
    expect(owner.deliveries[0]?.bytes).toBe(0)
  })

  test('aborted with the first frame', () => {
    transfer(0, 'never heard', { aborted: true, more: true })
    expect([owner.deliveries[0]?.heard, owner.deliveries[0]?.bytes]).toEqual([['aborted'], 0])
    transfer(1, 'next')
    expect(owner.deliveries[1]?.heard).toEqual(['end'])
  })
})

test('a link that the peer opened gets its credit with the answer', () => {
  link.onPeerAttach({ name: 'x', handle: 0, receiver: false, initialDeliveryCount: 1 })
  link.addCredit(1)
  host.turn()
  expect(host.names).toEqual([])
  link.accept({ credit: 3 })
  host.turn()
  expect(host.names).toEqual(['attach', 'flow'])
  expect(host.last('flow')).toMatchObject({ deliveryCount: 1, linkCredit: 3 })
})

test('loss is told once, with its reason', () => {
  attach()
  link.addCredit(1)
  transfer(0, 'a', { more: true })
  link.onLost(undefined)
  link.onLost(undefined)
  link.detach()
  expect([owner.deliveries[0]?.heard, owner.detached]).toEqual([['aborted'], [undefined]])
})
