import { afterEach, beforeEach, expect, test } from 'vitest'
import { SkupperError } from '../../core/model/error.ts'
import type { Session } from '../../router/amqp/session.ts'
import { Acceptor, openLink, RecordedOutgoing } from '../support/amqp-deliveries.ts'
import type { LinkPair, RecordedIncoming } from '../support/amqp-deliveries.ts'
import { enginePair } from '../support/amqp-pair.ts'
import type { EnginePair } from '../support/amqp-pair.ts'
import { eventually } from '../support/eventually.ts'

let acceptor: Acceptor
let pair: EnginePair
let session: Session
let link: LinkPair
let outgoing: RecordedOutgoing
let incoming: RecordedIncoming

/** A delivery that is open, of which the first bytes have arrived. */
beforeEach(async () => {
  acceptor = new Acceptor()
  pair = await enginePair({ attach: acceptor.attach })
  session = pair.dialler.connection.begin()
  link = await openLink(session, acceptor)
  outgoing = new RecordedOutgoing(link.sender.send())
  outgoing.write('abc')
  incoming = await link.receiver.nth(0)
  await eventually(() => incoming.bytes === 3)
})
afterEach(() => {
  pair.sockets.dialler.destroy()
  pair.sockets.listener.destroy()
})

async function bothEndsHear() {
  await eventually(() => outgoing.lost === 1 && incoming.heard.length > 0)
  await eventually(() => link.senderHandler.detached.length === 1 && link.receiver.detached.length === 1)
  expect(incoming.heard).toEqual(['aborted'])
  expect(outgoing.states).toEqual([])
}

test('the receiver detaches: the writer hears of the loss, the link of the reason', async () => {
  acceptor.receivers.get('link')?.link.detach({ condition: 'amqp:resource-deleted', description: 'gone' })
  await bothEndsHear()
  expect(link.senderHandler.detached[0]?.given).toBe('amqp:resource-deleted')
  expect(() => link.sender.send()).toThrow(expect.objectContaining({ code: 'amqp/detached' }))
  expect(outgoing.write('into the void')).toBe(true)
})

test('the sender detaches: what is open is aborted, what has ended is sent first', async () => {
  outgoing.delivery.end()
  const last = new RecordedOutgoing(link.sender.send())
  last.write('last')
  last.delivery.end()
  link.sender.detach()
  link.sender.detach()
  await eventually(() => link.receiver.detached.length === 1)
  expect(link.receiver.deliveries.map((d) => [d.text, d.heard])).toEqual([
    ['abc', ['end']],
    ['last', ['end']],
  ])
})

test('the sender detaches with a delivery open: the reader hears that it was aborted', async () => {
  link.sender.detach()
  await eventually(() => link.receiver.detached.length === 1)
  expect(incoming.heard).toEqual(['aborted'])
})

test('the session ends', async () => {
  session.end()
  session.end()
  await bothEndsHear()
  expect(pair.listener.handler.closed).toEqual([])
})

test('the peer closes the connection', async () => {
  pair.listener.connection.close()
  await bothEndsHear()
})

test('the socket is gone', async () => {
  pair.sockets.listener.destroy()
  await bothEndsHear()
  expect(await pair.dialler.handler.closedWith()).toBe('amqp/connection-lost')
  expect(await pair.listener.handler.closedWith()).toBe('amqp/connection-lost')
  expect(link.senderHandler.detached[0]?.code).toBe('amqp/connection-lost')
})

test('the owner destroys the connection', async () => {
  pair.dialler.connection.destroy(new SkupperError('test/over', 'over'))
  await bothEndsHear()
  expect(await pair.dialler.handler.closedWith()).toBe('test/over')
  expect(() => pair.dialler.connection.begin()).toThrow(expect.objectContaining({ code: 'amqp/not-open' }))
})

test('a handler that throws costs its connection, and keeps the cause', async () => {
  const cause = new Error('a bug')
  incoming.onChunk = () => {
    throw cause
  }
  outgoing.write('more')
  expect(await pair.listener.handler.closedWith()).toBe('amqp/internal-error')
  expect(pair.listener.handler.closed[0]?.cause).toBe(cause)
  expect(await pair.dialler.handler.closedWith()).toBe('amqp/peer-error')
})

test('a complete delivery that its reader holds back survives the loss', async () => {
  incoming.delivery.pause()
  outgoing.write('def')
  outgoing.delivery.end()
  const probe = await openLink(session, acceptor, 'probe')
  new RecordedOutgoing(probe.sender.send()).delivery.end()
  await probe.receiver.nth(0)
  pair.sockets.dialler.destroy()
  await eventually(() => link.receiver.detached.length === 1)
  expect(incoming.heard).toEqual([])
  incoming.delivery.resume()
  expect(incoming.text).toBe('abcdef')
  expect(incoming.heard).toEqual(['end settled'])
})

test('an incomplete delivery that its reader holds back is lost at once', async () => {
  incoming.delivery.pause()
  outgoing.write('def')
  pair.sockets.dialler.destroy()
  await eventually(() => incoming.heard.length > 0)
  incoming.delivery.resume()
  expect([incoming.text, incoming.heard]).toEqual(['abc', ['aborted']])
})
