import { afterEach, describe, expect, test } from 'vitest'
import { composite } from '../../router/amqp/composite.ts'
import * as amqp from '../../router/amqp/value.ts'
import { Acceptor, RecordedOutgoing, RecordedReceiver, RecordedSender } from '../support/amqp-deliveries.ts'
import { RecordedConnection } from '../support/amqp-pair.ts'
import { openRaw } from '../support/amqp-raw-peer.ts'
import type { RawMeeting } from '../support/amqp-raw-peer.ts'
import { eventually } from '../support/eventually.ts'

const meetings: RawMeeting[] = []
afterEach(() => {
  for (const { peer } of meetings.splice(0)) peer.socket.destroy()
})

const windows = { incomingWindow: 100, nextOutgoingId: 0, outgoingWindow: 100 }

/** An engine, a raw peer, and a link of that peer on handle 0 that receives from us, with credit for `credit` deliveries. */
async function rawReceiver(credit: number) {
  const acceptor = new Acceptor()
  const meeting = await openRaw({}, new RecordedConnection(acceptor.attach))
  meetings.push(meeting)
  const { peer } = meeting
  peer.send(0, 'attach', { name: 'out', handle: 0, receiver: true })
  await peer.first('attach')
  if (credit > 0)
    peer.send(0, 'flow', { ...windows, nextIncomingId: 0, handle: 0, deliveryCount: 0, linkCredit: credit })
  const { link, handler } = await eventually(() => acceptor.senders.get('out'))
  await eventually(() => link.credit === credit)
  return { peer, sender: link, handler }
}

/** The same with a link that sends to us. */
async function rawSender() {
  const acceptor = new Acceptor()
  const meeting = await openRaw({}, new RecordedConnection(acceptor.attach))
  meetings.push(meeting)
  const { peer } = meeting
  peer.send(0, 'attach', { name: 'in', handle: 0, receiver: false, initialDeliveryCount: 7 })
  const { handler, link } = await eventually(() => acceptor.receivers.get('in'))
  await peer.first('flow')
  return { peer, receiver: handler, link }
}

describe('sending', () => {
  test('one disposition settles a range, and one of four billion settles all', async () => {
    const { peer, sender } = await rawReceiver(10)
    const outgoing = Array.from({ length: 6 }, () => new RecordedOutgoing(sender.send()))
    for (const { delivery } of outgoing) delivery.end()
    await eventually(() => peer.transfers().length === 6)
    peer.send(0, 'disposition', { receiver: true, first: 1, last: 3, settled: true, state: composite('accepted', {}) })
    await eventually(() => outgoing[3]?.states.length === 1)
    expect(outgoing.map(({ states }) => states.length)).toEqual([0, 1, 1, 1, 0, 0])
    peer.send(0, 'disposition', { receiver: true, first: 0xffff0000, last: 0xfffeffff, settled: true })
    await eventually(() => outgoing.every(({ states }) => states.length === 1))
    expect(outgoing[0]?.states).toEqual([[undefined, true]])
  })

  test('an unsettled outcome comes first, the settlement later', async () => {
    const { peer, sender } = await rawReceiver(1)
    const outgoing = new RecordedOutgoing(sender.send())
    outgoing.write('abc')
    await eventually(() => peer.transfers().length === 1)
    peer.send(0, 'disposition', { receiver: true, first: 0, state: composite('released', {}) })
    await eventually(() => outgoing.states.length === 1)
    outgoing.delivery.end()
    await eventually(() => peer.transfers().length === 2)
    peer.send(0, 'disposition', { receiver: true, first: 0, settled: true, state: composite('released', {}) })
    await eventually(() => outgoing.states.length === 2)
    expect(outgoing.states).toEqual([
      [{ kind: 'released' }, false],
      [{ kind: 'released' }, true],
    ])
  })

  test('frames repeat number and tag, the last one says more=false, and none follows it', async () => {
    const { peer, sender } = await rawReceiver(2)
    const outgoing = new RecordedOutgoing(sender.send({ tag: Buffer.from('tag') }))
    outgoing.write('x'.repeat(10_000))
    outgoing.delivery.end()
    peer.send(0, 'flow', { ...windows, nextIncomingId: 0, echo: true })
    await eventually(() => peer.transfers().reduce((sum, { payload }) => sum + payload.length, 0) === 10_000)
    const transfers = peer.transfers()
    expect(transfers.length).toBe(3)
    expect(transfers.map(({ transfer }) => transfer)).toEqual([
      [0, 0, Buffer.from('tag'), 0, false, true],
      [0, 0, Buffer.from('tag'), 0, false, true],
      [0, 0, Buffer.from('tag'), 0, false, false],
    ])
  })

  test('an abort says aborted and settled', async () => {
    const { peer, sender } = await rawReceiver(2)
    const outgoing = new RecordedOutgoing(sender.send())
    outgoing.write('abc')
    await eventually(() => peer.transfers().length === 1)
    outgoing.delivery.abort()
    await eventually(() => peer.transfers().length === 2)
    const tag = Buffer.alloc(4)
    expect(peer.transfers()[1]).toMatchObject({
      transfer: [0, 0, tag, 0, true, false, null, null, null, true],
      payload: '',
    })
  })

  test('nothing is sent beyond the session window, and all of it when the window opens', async () => {
    const { peer, sender } = await rawReceiver(2)
    peer.send(0, 'flow', { ...windows, nextIncomingId: 0, incomingWindow: 1 })
    peer.send(0, 'flow', { ...windows, incomingWindow: 1, nextIncomingId: 0, echo: true })
    await eventually(() => peer.all('flow').length > 0)
    const outgoing = new RecordedOutgoing(sender.send())
    outgoing.write('x'.repeat(10_000))
    outgoing.delivery.end()
    await eventually(() => peer.transfers().length === 1)
    peer.send(0, 'flow', { ...windows, incomingWindow: 1, nextIncomingId: 1 })
    await eventually(() => peer.transfers().length === 2)
    peer.send(0, 'flow', { ...windows, incomingWindow: 0, nextIncomingId: 2, echo: true })
    await eventually(() => peer.all('flow').length > 1)
    expect(peer.transfers().length).toBe(2)
    peer.send(0, 'flow', { ...windows, nextIncomingId: 2 })
    await eventually(() => peer.transfers().length === 3)
  })

  test('an echo tells what has really been sent, not what waits', async () => {
    const { peer, sender } = await rawReceiver(5)
    peer.send(0, 'flow', { ...windows, incomingWindow: 0, nextIncomingId: 0 })
    peer.send(0, 'flow', {
      ...windows,
      incomingWindow: 0,
      nextIncomingId: 0,
      handle: 0,
      deliveryCount: 0,
      linkCredit: 5,
      echo: true,
    })
    await eventually(() => peer.all('flow').length === 1)
    new RecordedOutgoing(sender.send()).delivery.end()
    peer.send(0, 'flow', {
      ...windows,
      incomingWindow: 0,
      nextIncomingId: 0,
      handle: 0,
      deliveryCount: 0,
      linkCredit: 5,
      echo: true,
    })
    await eventually(() => peer.all('flow').length === 2)
    expect(peer.all('flow')[1]).toMatchObject({ handle: 0, deliveryCount: 0, linkCredit: 5 })
    expect(sender.credit).toBe(4)
  })

  test('a drain waits for what has taken its credit, then gives the rest back', async () => {
    const { peer, sender } = await rawReceiver(5)
    const outgoing = new RecordedOutgoing(sender.send())
    outgoing.delivery.end()
    peer.send(0, 'flow', { ...windows, nextIncomingId: 0, handle: 0, deliveryCount: 0, linkCredit: 5, drain: true })
    await eventually(() => peer.all('flow').length === 1)
    const order = peer.frames.flatMap((item) =>
      'payload' in item ? ['transfer'] : 'frame' in item && item.frame.name === 'flow' ? ['flow'] : [],
    )
    expect(order).toEqual(['transfer', 'flow'])
    expect(peer.all('flow')[0]).toMatchObject({ deliveryCount: 5, linkCredit: 0, drain: true })
    expect(sender.credit).toBe(0)
  })
})

describe('receiving', () => {
  test('credit is given from the initial count, and renewed before it is used up', async () => {
    const { peer, receiver } = await rawSender()
    expect(await peer.first('flow')).toMatchObject({ handle: 0, deliveryCount: 7, linkCredit: 10 })
    for (let i = 0; i < 3; i++) peer.transfer(0, [amqp.uint(0), amqp.uint(i), Buffer.from([i]), amqp.uint(0), true])
    await receiver.nth(2)
    await eventually(() => peer.all('flow').length === 2)
    expect(peer.all('flow')[1]).toMatchObject({ deliveryCount: 10, linkCredit: 10 })
  })

  test('further frames may leave out number and tag, and may settle', async () => {
    const { peer, receiver } = await rawSender()
    peer.transfer(0, [amqp.uint(0), amqp.uint(0), Buffer.from('t'), null, null, true], 'abc')
    peer.transfer(0, [amqp.uint(0), null, null, null, null, true], 'def')
    peer.transfer(0, [amqp.uint(0), null, null, null, true], 'ghi')
    const incoming = await receiver.nth(0)
    await eventually(() => incoming.heard.length > 0)
    expect([incoming.text, incoming.heard]).toEqual(['abcdefghi', ['end settled']])
  })

  test('the sender settles by disposition', async () => {
    const { peer, receiver } = await rawSender()
    peer.transfer(0, [amqp.uint(0), amqp.uint(0), Buffer.from('t')], 'abc')
    const incoming = await receiver.nth(0)
    await eventually(() => incoming.heard.length > 0)
    peer.send(0, 'disposition', { receiver: false, first: 0, settled: true })
    await eventually(() => incoming.delivery.settled)
    incoming.delivery.update({ kind: 'accepted' }, true)
    expect(peer.all('disposition')).toEqual([])
  })

  test('an aborted transfer with payload is an abort', async () => {
    const { peer, receiver } = await rawSender()
    peer.transfer(0, [amqp.uint(0), amqp.uint(0), Buffer.from('t'), null, null, true], 'abc')
    peer.transfer(0, [amqp.uint(0), amqp.uint(0), null, null, null, true, null, null, null, true], 'def')
    const incoming = await receiver.nth(0)
    await eventually(() => incoming.heard.length > 0)
    expect([incoming.text, incoming.heard]).toEqual(['abc', ['aborted']])
  })

  test('late frames for a link that we detached are ignored', async () => {
    const { peer, receiver, link } = await rawSender()
    link.detach({ condition: 'amqp:link:detach-forced' })
    expect(await peer.conditionIn('detach')).toBe('amqp:link:detach-forced')
    peer.transfer(0, [amqp.uint(0), amqp.uint(0), Buffer.from('t'), null, true], 'late')
    peer.send(0, 'flow', { ...windows, nextIncomingId: 0, handle: 0, deliveryCount: 8 })
    peer.send(0, 'detach', { handle: 0, closed: true })
    await eventually(() => receiver.detached.length === 1)
    expect(receiver.deliveries).toEqual([])
    expect(peer.all('end')).toEqual([])
  })

  test('transfers of any legal shape are read: wide list, wide descriptor, trailing fields', async () => {
    const { peer, receiver } = await rawSender()
    const list = Buffer.from('d00000000e0000000b 43 43 a00174 43 41 42 40 40 42 42 41'.replaceAll(' ', ''), 'hex')
    list.writeUInt32BE(list.length - 5, 1)
    const body = Buffer.concat([Buffer.from('00800000000000000014', 'hex'), list, Buffer.from('wide')])
    const head = Buffer.from([0, 0, 0, body.length + 8, 2, 0, 0, 0])
    peer.raw(Buffer.concat([head, body]))
    const incoming = await receiver.nth(0)
    await eventually(() => incoming.heard.length > 0)
    expect([incoming.text, incoming.heard]).toEqual(['wide', ['end settled']])
  })
})

test('links of ours that the peer answers and detaches at once hear why', async () => {
  const { peer, connection } = await openRaw()
  const owner = new RecordedSender()
  connection.begin().openSender({ name: 'mine' }, owner)
  const { handle } = await peer.first('attach')
  peer.send(1, 'begin', { remoteChannel: 1, nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 })
  peer.send(1, 'attach', { name: 'mine', handle, receiver: true })
  const error = composite('error', { condition: 'amqp:not-found', description: 'no such thing' })
  peer.send(1, 'detach', { handle, closed: true, error })
  await eventually(() => owner.detached.length === 1)
  expect(owner.detached[0]).toMatchObject({ code: 'amqp/peer-error', given: 'amqp:not-found' })
  await peer.first('detach')
  peer.socket.destroy()
})

test('a link detached before the peer answered it goes when it does', async () => {
  const { peer, connection } = await openRaw()
  const owner = new RecordedReceiver()
  const session = connection.begin()
  session.openReceiver({ name: 'mine', credit: 3 }, owner).detach()
  await peer.first('detach')
  peer.send(1, 'begin', { remoteChannel: 1, nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 })
  peer.send(1, 'attach', { name: 'mine', handle: 0, receiver: false, initialDeliveryCount: 0 })
  peer.send(1, 'detach', { handle: 0, closed: true })
  await eventually(() => owner.detached.length === 1)
  expect(peer.all('detach')).toHaveLength(1)
  expect(owner.attached).toBe(0)
  peer.socket.destroy()
})

test('a session ended before the peer answered it goes when it does', async () => {
  const { peer, connection, handler } = await openRaw()
  connection.begin().end()
  await peer.first('end')
  peer.send(1, 'begin', { remoteChannel: 1, nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 })
  peer.send(1, 'end', {})
  peer.send(0, 'close', {})
  expect(await handler.closedWith()).toBeUndefined()
})

test('nothing follows a close, whatever is written and ended after it', async () => {
  const { peer, sender } = await rawReceiver(5)
  const outgoing = new RecordedOutgoing(sender.send())
  outgoing.write('before')
  const connection = meetings.at(-1)?.connection
  const session = connection?.begin()
  connection?.close()
  outgoing.write('after')
  outgoing.delivery.end()
  session?.end()
  await peer.first('close')
  peer.send(0, 'close', {})
  await eventually(() => peer.closed)
  expect(peer.transfers().map(({ payload }) => payload)).toEqual(['before'])
  const last = peer.frames.at(-1)
  expect(last !== undefined && 'frame' in last ? last.frame.name : undefined).toBe('close')
})

test('what has ended is sent before the end of its session', async () => {
  const { peer, connection } = await openRaw()
  meetings.push({ peer, connection, handler: new RecordedConnection() })
  const session = connection.begin()
  const sender = session.openSender({ name: 'mine' }, new RecordedSender())
  const { handle } = await peer.first('attach')
  peer.send(1, 'begin', { remoteChannel: 1, nextOutgoingId: 0, incomingWindow: 10, outgoingWindow: 1 })
  peer.send(1, 'attach', { name: 'mine', handle, receiver: true })
  peer.send(1, 'flow', { ...windows, nextIncomingId: 0, handle, deliveryCount: 0, linkCredit: 1 })
  await eventually(() => sender.credit > 0)
  const outgoing = new RecordedOutgoing(sender.send())
  outgoing.write('last words')
  outgoing.delivery.end()
  session.end()
  await peer.first('end')
  expect(peer.transfers().map(({ payload }) => payload)).toEqual(['last words'])
})
