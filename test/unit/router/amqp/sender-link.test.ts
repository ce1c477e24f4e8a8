import { beforeEach, describe, expect, test } from 'vitest'
import { SenderLink } from '../../../../router/amqp/sender-link.ts'
import { RecordedOutgoing, RecordedSender } from '../../../support/amqp-deliveries.ts'
import { RecordedLinkHost } from '../../../support/link-host.ts'
import { thrownCode } from '../../../support/thrown-code.ts'

const flow = { incomingWindow: 100, nextOutgoingId: 0, outgoingWindow: 100, handle: 0 }
let host: RecordedLinkHost
let owner: RecordedSender
let link: SenderLink

beforeEach(() => {
  host = new RecordedLinkHost()
  owner = new RecordedSender()
  link = new SenderLink(host, 'x')
  link.handler = owner
})

function attach(): void {
  link.open({}, { address: 'there' })
  link.onPeerAttach({ name: 'x', handle: 0, receiver: true })
}

const send = (text = 'x') => {
  const outgoing = new RecordedOutgoing(link.send())
  outgoing.write(text)
  outgoing.delivery.end()
  return outgoing
}

describe('credit', () => {
  beforeEach(attach)

  test('is what the receiver gives, less what it has not seen yet', () => {
    link.onFlow({ ...flow, deliveryCount: 0, linkCredit: 3 })
    send()
    send()
    expect(link.credit).toBe(1)
    link.onFlow({ ...flow, deliveryCount: 1, linkCredit: 3 })
    expect(link.credit).toBe(2)
    link.onFlow({ ...flow, deliveryCount: 2, linkCredit: 0 })
    expect(link.credit).toBe(0)
    expect(thrownCode(() => link.send())).toBe('amqp/no-credit')
  })

  test('is never negative, and a count from the future counts for nothing', () => {
    link.onFlow({ ...flow, linkCredit: 5 })
    for (let i = 0; i < 4; i++) send()
    link.onFlow({ ...flow, deliveryCount: 0, linkCredit: 2 })
    expect(link.credit).toBe(0)
    link.onFlow({ ...flow, deliveryCount: 9, linkCredit: 2 })
    expect(link.credit).toBe(2)
  })

  test('is told when there was none', () => {
    link.onFlow({ ...flow, linkCredit: 1 })
    link.onFlow({ ...flow, linkCredit: 2 })
    expect(owner.credits).toBe(1)
    send()
    send()
    link.onFlow({ ...flow, deliveryCount: 2, linkCredit: 1 })
    expect(owner.credits).toBe(2)
  })

  test('may be huge', () => {
    link.onFlow({ ...flow, linkCredit: 0xffffffff })
    expect(link.credit).toBe(0xffffffff)
  })
})

describe('drain', () => {
  beforeEach(attach)

  test('lets the owner use the credit first', () => {
    owner.onCreditOnce = () => {
      send()
    }
    link.onFlow({ ...flow, linkCredit: 3, drain: true })
    host.turn()
    expect(host.names).not.toContain('flow')
    host.turn()
    expect(host.last('flow')).toMatchObject({ deliveryCount: 3, linkCredit: 0, drain: true })
    host.turn()
    expect(host.names.filter((name) => name === 'flow')).toHaveLength(1)
  })

  test('is answered with a delivery open', () => {
    link.onFlow({ ...flow, linkCredit: 3 })
    new RecordedOutgoing(link.send()).write('open')
    host.turn()
    link.onFlow({ ...flow, deliveryCount: 1, linkCredit: 2, drain: true })
    host.turn()
    expect(host.last('flow')).toMatchObject({ deliveryCount: 3, linkCredit: 0 })
  })
})

describe('coming and going', () => {
  test('no delivery before the peer has attached, none after the detach', () => {
    link.open({}, {})
    expect(thrownCode(() => link.send())).toBe('amqp/no-credit')
    link.onPeerAttach({ name: 'x', handle: 0, receiver: true })
    expect(owner.attached).toBe(1)
    link.onFlow({ ...flow, linkCredit: 3 })
    link.detach()
    expect(link.credit).toBe(0)
    expect(thrownCode(() => link.send())).toBe('amqp/detached')
    expect(host.names).toEqual(['attach', 'detach'])
    link.onPeerDetach({ handle: 0 })
    link.onLost(undefined)
    expect([owner.detached, host.over]).toEqual([[undefined], 1])
  })

  test('what has ended is sent before the detach', () => {
    attach()
    link.onFlow({ ...flow, linkCredit: 3 })
    send()
    link.detach({ condition: 'amqp:link:detach-forced' })
    expect(host.names).toEqual(['attach'])
    host.turn()
    expect(host.names).toEqual(['attach', 'detach'])
    expect(host.output.nextFrameId).toBe(1)
    expect(link.idle).toBe(true)
  })

  test('a peer that detaches is answered, and open deliveries are lost', () => {
    attach()
    link.onFlow({ ...flow, linkCredit: 3 })
    const [open, queued] = [new RecordedOutgoing(link.send()), send()]
    link.onPeerDetach({ handle: 0, closed: true })
    expect(host.last('detach')).toMatchObject({ closed: true })
    expect([open.lost, queued.lost, owner.detached.length]).toEqual([1, 1, 1])
    host.turn()
    expect(host.output.nextFrameId).toBe(0)
  })

  test('a link the peer opened is answered once', () => {
    link.onPeerAttach({ name: 'x', handle: 0, receiver: true })
    link.onFlow({ ...flow, linkCredit: 3 })
    expect([link.credit, owner.credits]).toEqual([0, 0])
    link.accept()
    expect([link.credit, owner.credits]).toEqual([3, 1])
    expect(
      thrownCode(() => {
        link.accept()
      }),
    ).toBe('amqp/not-allowed')
    link.refuse('amqp:not-found')
    expect(host.names).toEqual(['attach'])
  })

  test('a refusal is an attach without nodes, and a detach that says why', () => {
    link.onPeerAttach({ name: 'x', handle: 0, receiver: true })
    link.refuse('amqp:not-found', 'no')
    link.accept()
    expect(host.names).toEqual(['attach', 'detach'])
    expect(host.last('attach')).toMatchObject({ source: undefined, target: undefined })
    expect(host.last('detach')).toMatchObject({ closed: true })
  })

  test('a tag that is too long', () => {
    attach()
    link.onFlow({ ...flow, linkCredit: 3 })
    expect(thrownCode(() => link.send({ tag: Buffer.alloc(33) }))).toBe('amqp/not-encodable')
    expect(link.credit).toBe(3)
  })
})
