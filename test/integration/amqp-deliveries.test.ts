import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DeliveryState } from '../../router/amqp/delivery.ts'
import { Acceptor, openLink, RecordedOutgoing } from '../support/amqp-deliveries.ts'
import type { LinkPair } from '../support/amqp-deliveries.ts'
import { enginePair } from '../support/amqp-pair.ts'
import type { EnginePair } from '../support/amqp-pair.ts'
import { eventually } from '../support/eventually.ts'

let acceptor: Acceptor
let pair: EnginePair
let link: LinkPair

beforeEach(async () => {
  acceptor = new Acceptor()
  pair = await enginePair({ attach: acceptor.attach })
  link = await openLink(pair.dialler.connection.begin(), acceptor)
})
afterEach(() => {
  pair.sockets.dialler.destroy()
  pair.sockets.listener.destroy()
})

const send = (o = {}) => new RecordedOutgoing(link.sender.send(o))

test('the first bytes arrive before the delivery ends, and the last ones with its end', async () => {
  const outgoing = send()
  outgoing.write('head')
  const incoming = await link.receiver.nth(0)
  await eventually(() => incoming.text === 'head')
  expect(incoming.heard).toEqual([])
  outgoing.write(' and tail')
  outgoing.delivery.end()
  await eventually(() => incoming.heard.length > 0)
  expect(incoming.text).toBe('head and tail')
  expect(incoming.heard).toEqual(['end'])
})

describe('each outcome arrives as it was said', () => {
  const states: DeliveryState[] = [
    { kind: 'accepted' },
    { kind: 'released' },
    { kind: 'rejected', condition: 'amqp:invalid-field', description: 'bad' },
    { kind: 'rejected' },
    { kind: 'modified', deliveryFailed: true, undeliverableHere: false },
  ]
  test.each(states)('$kind', async (state) => {
    const outgoing = send()
    outgoing.write('x')
    outgoing.delivery.end()
    const incoming = await link.receiver.nth(0)
    incoming.delivery.update(state, true)
    await eventually(() => outgoing.states.length > 0)
    expect(outgoing.states).toEqual([[state, true]])
  })
})

test('received states count the bytes while the delivery goes on', async () => {
  const outgoing = send()
  outgoing.write('abc')
  const incoming = await link.receiver.nth(0)
  await eventually(() => incoming.bytes === 3)
  incoming.delivery.update({ kind: 'received', offset: 3 }, false)
  incoming.delivery.update({ kind: 'received', offset: 2 ** 40 }, false)
  await eventually(() => outgoing.states.length === 2)
  expect(outgoing.states).toEqual([
    [{ kind: 'received', offset: 3 }, false],
    [{ kind: 'received', offset: 2 ** 40 }, false],
  ])
  outgoing.delivery.end()
  await eventually(() => incoming.heard.length > 0)
})

test('a delivery that is settled before it is complete is ended by the engine', async () => {
  const outgoing = send()
  outgoing.write('abc')
  const incoming = await link.receiver.nth(0)
  incoming.delivery.update({ kind: 'released' }, true)
  await eventually(() => outgoing.states.length > 0)
  expect(outgoing.write('nobody wants this')).toBe(true)
  outgoing.delivery.end()
  const next = send()
  next.write('next')
  next.delivery.end()
  expect(await eventually(() => link.receiver.deliveries[1]?.text)).toBe('next')
  expect(incoming.heard).toEqual([])
})

test('settled with the last transfer means forgotten', async () => {
  const outgoing = send()
  outgoing.write('abc')
  outgoing.delivery.end(true)
  const incoming = await link.receiver.nth(0)
  await eventually(() => incoming.heard.length > 0)
  expect(incoming.heard).toEqual(['end settled'])
  expect(incoming.delivery.settled).toBe(true)
  incoming.delivery.update({ kind: 'accepted' }, true)
  link.sender.detach()
  await eventually(() => link.senderHandler.detached.length > 0)
  expect(outgoing.states).toEqual([])
  expect(outgoing.lost).toBe(0)
})

test('a pre-settled delivery is settled from its first byte', async () => {
  const outgoing = send({ settled: true })
  outgoing.write('abc')
  const incoming = await link.receiver.nth(0)
  expect(incoming.delivery.settled).toBe(true)
  outgoing.delivery.end()
  await eventually(() => incoming.heard.length > 0)
})

test('an aborted delivery is told as such, and the link goes on', async () => {
  const outgoing = send()
  outgoing.write('abc')
  const incoming = await link.receiver.nth(0)
  outgoing.write('never seen')
  outgoing.delivery.abort()
  await eventually(() => incoming.heard.length > 0)
  expect(incoming.heard).toEqual(['aborted'])
  const next = send()
  next.write('next')
  next.delivery.end()
  expect(await eventually(() => link.receiver.deliveries[1]?.text)).toBe('next')
})

test('a delivery aborted before its first byte takes no credit and is never seen', async () => {
  const credit = link.sender.credit
  const outgoing = send()
  expect(link.sender.credit).toBe(credit - 1)
  outgoing.delivery.abort()
  expect(link.sender.credit).toBe(credit)
  const next = send()
  next.write('next')
  next.delivery.end()
  expect((await link.receiver.nth(0)).delivery).toBeDefined()
  expect(await eventually(() => link.receiver.deliveries[0]?.text)).toBe('next')
})

test('deliveries of one link arrive one after another, whatever the order of writing', async () => {
  const first = send()
  const second = send()
  second.write('second')
  second.delivery.end()
  first.write('first')
  first.delivery.end()
  await eventually(() => link.receiver.deliveries[1]?.heard.length)
  expect(link.receiver.deliveries.map((d) => d.text)).toEqual(['first', 'second'])
})

test('an empty delivery is a delivery', async () => {
  const outgoing = send()
  outgoing.delivery.end()
  const incoming = await link.receiver.nth(0)
  await eventually(() => incoming.heard.length > 0)
  expect(incoming.bytes).toBe(0)
})

test('writing after the end changes nothing', async () => {
  const outgoing = send()
  outgoing.write('abc')
  outgoing.delivery.end()
  outgoing.write('late')
  outgoing.delivery.end()
  const incoming = await link.receiver.nth(0)
  await eventually(() => incoming.heard.length > 0)
  outgoing.delivery.abort()
  const next = send()
  next.delivery.end()
  await link.receiver.nth(1)
  expect(incoming.text).toBe('abc')
  expect(pair.listener.handler.closed).toEqual([])
})
