import { afterEach, expect, test } from 'vitest'
import { Acceptor, openLink, RecordedOutgoing } from '../support/amqp-deliveries.ts'
import { enginePair, RecordedConnection } from '../support/amqp-pair.ts'
import type { EnginePair } from '../support/amqp-pair.ts'
import { openRaw } from '../support/amqp-raw-peer.ts'
import { eventually } from '../support/eventually.ts'

const BEGINNING = { incomingWindow: 0x7fffffff, nextOutgoingId: 0, outgoingWindow: 0 }
const pairs: EnginePair[] = []
afterEach(() => {
  for (const { sockets } of pairs.splice(0)) {
    sockets.dialler.destroy()
    sockets.listener.destroy()
  }
})

test('a peer that falls silent is closed after twice the idle time-out we announce', async () => {
  const { peer, handler } = await openRaw({ idleTimeoutMs: 50 })
  expect(await handler.closedWith()).toBe('amqp/resource-limit-exceeded')
  expect(await peer.conditionIn('close')).toBe('amqp:resource-limit-exceeded')
})

test('a peer that talks and does not read is closed likewise', async () => {
  const acceptor = new Acceptor()
  const handler = new RecordedConnection(acceptor.attach)
  const { peer } = await openRaw({ idleTimeoutMs: 100 }, handler)
  peer.send(0, 'attach', { name: 'out', handle: 0, receiver: true })
  peer.send(0, 'flow', { ...BEGINNING, nextIncomingId: 0, handle: 0, deliveryCount: 0, linkCredit: 1 })
  const { link } = await eventually(() => acceptor.senders.get('out'))
  await eventually(() => link.credit > 0)
  peer.socket.pause()
  const outgoing = new RecordedOutgoing(link.send())
  while (outgoing.delivery.write(Buffer.alloc(64 * 1024)));
  outgoing.onMore = () => {
    while (outgoing.delivery.write(Buffer.alloc(64 * 1024)));
  }
  await eventually(() => {
    peer.raw('0000000802000000')
    return handler.closed.length > 0
  })
  expect(handler.closed[0]?.code).toBe('amqp/resource-limit-exceeded')
  expect(outgoing.lost).toBe(1)
})

test('a peer that sends signs of life is kept', async () => {
  const pair = await enginePair({ dialler: { idleTimeoutMs: 60 }, listener: { idleTimeoutMs: 60 } })
  pairs.push(pair)
  const { bytesIn } = pair.dialler.connection.stats
  await eventually(() => pair.dialler.connection.stats.bytesIn >= bytesIn + 20 * 8)
  expect(pair.dialler.handler.closed).toEqual([])
  expect(pair.listener.handler.closed).toEqual([])
})

test('a peer that never answers a close is not waited for', async () => {
  const { connection, handler, peer } = await openRaw({ limits: { closeMs: 50 } })
  connection.close()
  connection.close()
  expect(await handler.closedWith()).toBeUndefined()
  await eventually(() => peer.closed)
})

test('a peer that does not read stops its writers, and nobody grows', async () => {
  const acceptor = new Acceptor()
  const limits = { outboxBytes: 64 * 1024, deliveryBytes: 32 * 1024 }
  const pair = await enginePair({ attach: acceptor.attach, dialler: { limits } })
  pairs.push(pair)
  const session = pair.dialler.connection.begin()
  const links = [await openLink(session, acceptor, 'a'), await openLink(session, acceptor, 'b')]
  pair.sockets.listener.pause()
  const chunk = Buffer.alloc(16 * 1024, 1)
  const writers = links.map(({ sender }) => new RecordedOutgoing(sender.send()))
  const written = [0, 0]
  const fill = (i: number) => {
    const writer = writers[i]
    while (writer?.delivery.write(chunk) === true) written[i] = (written[i] ?? 0) + 1
    written[i] = (written[i] ?? 0) + 1
  }
  writers.forEach((writer, i) => {
    writer.onMore = () => {
      fill(i)
    }
    fill(i)
  })
  // Both wait once the socket takes no more: what was written is in the kernel, or within the bounds.
  await eventually(() => pair.sockets.dialler.writableLength >= limits.outboxBytes)
  const before = [...written]
  expect(pair.sockets.dialler.writableLength).toBeLessThan(2 * limits.outboxBytes + 2 * 64 * 1024)
  expect(Math.abs((before[0] ?? 0) - (before[1] ?? 0)) * chunk.length).toBeLessThanOrEqual(4 * 64 * 1024)
  pair.sockets.listener.resume()
  await eventually(() => (written[0] ?? 0) > (before[0] ?? 0) + 10 && (written[1] ?? 0) > (before[1] ?? 0) + 10)
})
