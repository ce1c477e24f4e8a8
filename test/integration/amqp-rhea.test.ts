import { once } from 'node:events'
import type { EventContext, Source } from 'rhea'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DeliveryState } from '../../router/amqp/delivery.ts'
import { decodeMessage, encodeMessage } from '../../router/amqp/message.ts'
import type { Receiver } from '../../router/amqp/receiver.ts'
import type { Sender } from '../../router/amqp/sender.ts'
import { Acceptor, RecordedOutgoing, RecordedReceiver, RecordedSender } from '../support/amqp-deliveries.ts'
import { RecordedConnection } from '../support/amqp-pair.ts'
import { certificatesFor } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { rheaDials, rheaListens } from '../support/rhea-peer.ts'
import type { RheaMeeting } from '../support/rhea-peer.ts'

const LARGE = 'x'.repeat(300_000)
const emitted = async (emitter: { once: unknown }, event: string) =>
  ((await once(emitter as never, event)) as [EventContext])[0]

describe.each([
  ['rhea dials', rheaDials],
  ['rhea listens', rheaListens],
] as const)('%s', (_name, meet) => {
  let acceptor: Acceptor
  let at: RheaMeeting
  beforeEach(async () => {
    acceptor = new Acceptor()
    at = await meet({ handler: new RecordedConnection(acceptor.attach) })
  })
  afterEach(() => {
    at.close()
  })

  /** A sender of ours with credit, on a link we open. */
  async function ourSender(): Promise<Sender> {
    const sender = at.engine.begin().openSender({ target: { address: 'x' } }, new RecordedSender())
    await eventually(() => sender.credit > 0)
    return sender
  }

  /** A receiver of ours on a link we open, and rhea's sender to it. */
  async function ourReceiver(credit?: number) {
    const opened = emitted(at.rhea, 'sender_open')
    const handler = new RecordedReceiver()
    const receiver: Receiver = at.engine.begin().openReceiver({ source: { address: 'x' }, credit }, handler)
    const { sender } = await opened
    if (sender === undefined) throw new Error('rhea has no sender')
    return { handler, receiver, sender }
  }

  function send(sender: Sender, body: string): RecordedOutgoing {
    const outgoing = new RecordedOutgoing(sender.send())
    outgoing.delivery.write(encodeMessage({ body, subject: 's', applicationProperties: { n: 1 } }))
    outgoing.delivery.end()
    return outgoing
  }

  test.each([['small'], [LARGE]])('a message of ours is read and accepted', async (body) => {
    const sender = await ourSender()
    const arrived = emitted(at.rhea, 'message')
    const outgoing = send(sender, body)
    const { message } = await arrived
    expect(message?.body).toBe(body)
    expect(message).toMatchObject({ subject: 's', application_properties: { n: 1 } })
    await eventually(() => outgoing.states.length > 0)
    expect(outgoing.states).toEqual([[{ kind: 'accepted' }, true]])
  })

  const refusals: [DeliveryState, (context: EventContext) => void][] = [
    [
      { kind: 'released' },
      ({ delivery }) => {
        delivery?.release()
      },
    ],
    [
      { kind: 'rejected', condition: 'amqp:not-found', description: 'no' },
      ({ delivery }) => {
        delivery?.reject({ condition: 'amqp:not-found', description: 'no' })
      },
    ],
    [
      { kind: 'modified', deliveryFailed: true, undeliverableHere: true },
      ({ delivery }) => {
        delivery?.modified({ delivery_failed: true, undeliverable_here: true })
      },
    ],
  ]
  test.each(refusals)('a message of ours is $kind', async (state, refuse) => {
    const sender = await ourSender()
    at.rhea.on('message', refuse)
    const outgoing = send(sender, 'x')
    await eventually(() => outgoing.states.length > 0)
    expect(outgoing.states[0]).toEqual([state, true])
  })

  test.each([['small'], [LARGE]])('a message of rhea is read, and each outcome reaches it', async (body) => {
    const { handler, sender } = await ourReceiver(10)
    const outcomes: [string, DeliveryState][] = [
      ['accepted', { kind: 'accepted' }],
      ['released', { kind: 'released' }],
      ['rejected', { kind: 'rejected', condition: 'amqp:not-allowed', description: 'no' }],
      ['modified', { kind: 'modified', deliveryFailed: true, undeliverableHere: false }],
    ]
    await eventually(() => sender.sendable())
    for (const [i, [event, state]] of outcomes.entries()) {
      sender.send({ body, to: 'there', message_id: `m${String(i)}` })
      const incoming = await handler.nth(i)
      await eventually(() => incoming.heard.length > 0)
      expect(decodeMessage(incoming.content)).toMatchObject({ body, to: 'there' })
      expect(incoming.bytes).toBeGreaterThan(body.length)
      const heard = emitted(sender, event === 'modified' ? 'released' : event)
      incoming.delivery.update(state, true)
      await heard
    }
  })

  test('rhea opens links to us and from us', async () => {
    const rheaSender = at.rhea.open_sender({ name: 'to us', target: { address: 'there' } })
    at.rhea.open_receiver({ name: 'from us', source: { address: 'here' } })
    await eventually(() => rheaSender.sendable())
    rheaSender.send({ body: 'hello' })
    const receiver = await eventually(() => acceptor.receivers.get('to us'))
    expect(receiver.link.target?.address).toBe('there')
    const incoming = await receiver.handler.nth(0)
    await eventually(() => incoming.heard.length > 0)
    incoming.delivery.update({ kind: 'accepted' }, true)
    const { link } = await eventually(() => acceptor.senders.get('from us'))
    expect(link.source?.address).toBe('here')
    await eventually(() => link.credit > 0)
    const arrived = emitted(at.rhea, 'message')
    send(link, 'back')
    expect((await arrived).message?.body).toBe('back')
  })

  test('rhea sends no more than our credit, and we no more than its', async () => {
    const { receiver, sender, handler } = await ourReceiver()
    receiver.addCredit(2)
    await eventually(() => sender.sendable())
    for (let i = 0; i < 5; i++) sender.send({ body: i })
    await handler.nth(1)
    expect(receiver.credit).toBe(0)
    receiver.addCredit(3)
    await handler.nth(4)
    const rheaReceiver = at.rhea.open_receiver({ name: 'from us', credit_window: 0 })
    const { link, handler: owner } = await eventually(() => acceptor.senders.get('from us'))
    expect(link.credit).toBe(0)
    expect(() => link.send()).toThrow(expect.objectContaining({ code: 'amqp/no-credit' }))
    rheaReceiver.add_credit(2)
    await eventually(() => owner.credits === 1)
    expect(link.credit).toBe(2)
    send(link, 'a')
    send(link, 'b')
    expect(link.credit).toBe(0)
  })

  test('rhea drains us: what credit is not used goes back', async () => {
    const rheaReceiver = at.rhea.open_receiver({ name: 'from us', credit_window: 0 })
    const { link } = await eventually(() => acceptor.senders.get('from us'))
    rheaReceiver.add_credit(5)
    await eventually(() => link.credit === 5)
    const arrived = emitted(at.rhea, 'message')
    const drained = emitted(rheaReceiver, 'receiver_drained')
    send(link, 'one')
    rheaReceiver.drain_credit()
    await Promise.all([arrived, drained])
    expect(link.credit).toBe(0)
    rheaReceiver.drain = false
    rheaReceiver.add_credit(1)
    await eventually(() => link.credit === 1)
  })

  test('we drain rhea', async () => {
    const { receiver, sender, handler } = await ourReceiver()
    receiver.addCredit(5)
    await eventually(() => sender.sendable())
    sender.on('sender_draining', () => {
      sender.set_drained(true)
    })
    receiver.drain()
    await eventually(() => handler.drained === 1)
    expect(receiver.credit).toBe(0)
  })

  test('a dynamic source gets its address, from rhea and from us', async () => {
    at.rhea.on('sender_open', ({ sender }: EventContext) => {
      if (sender?.source.dynamic === true) sender.set_source({ address: 'made by rhea' })
    })
    const handler = new RecordedReceiver()
    const receiver = at.engine.begin().openReceiver({ source: { dynamic: true }, credit: 1 }, handler)
    await eventually(() => handler.attached === 1)
    expect(receiver.source?.address).toBe('made by rhea')
    at.handler.attach = (link) => {
      link.accept(link.source?.dynamic === true ? { source: { address: 'made by us' } } : {})
    }
    const opened = emitted(at.rhea, 'receiver_open')
    at.rhea.open_receiver({ source: { dynamic: true } as Source })
    expect((await opened).receiver?.source.address).toBe('made by us')
  })

  test('a refused or closed link tells why, both ways', async () => {
    at.handler.attach = (link) => {
      link.refuse('amqp:unauthorized-access', 'not you')
    }
    const refused = emitted(at.rhea, 'sender_error')
    at.rhea.open_sender({ target: { address: 'x' } })
    expect((await refused).sender?.error).toMatchObject({ condition: 'amqp:unauthorized-access' })
    const { handler, sender } = await ourReceiver(1)
    sender.close({ condition: 'amqp:resource-deleted', description: 'gone' })
    await eventually(() => handler.detached.length === 1)
    expect(handler.detached[0]).toMatchObject({ code: 'amqp/peer-error', given: 'amqp:resource-deleted' })
  })

  test('a session that rhea ends takes its links with it', async () => {
    const { handler, sender } = await ourReceiver(1)
    sender.session.close({ condition: 'amqp:resource-deleted', description: 'gone' })
    await eventually(() => handler.detached.length === 1)
    expect(handler.detached[0]).toMatchObject({ given: 'amqp:resource-deleted' })
    expect(at.handler.closed).toEqual([])
  })

  test('a close with an error arrives, from us', async () => {
    const failed = emitted(at.rhea, 'connection_error')
    at.engine.close('amqp:connection:forced', 'over')
    expect((await failed).connection.error).toMatchObject({ condition: 'amqp:connection:forced' })
    expect(await at.handler.closedWith()).toBeUndefined()
  })

  test('a close with an error arrives, from rhea', async () => {
    at.rhea.close({ condition: 'amqp:internal-error', description: 'oops' })
    expect(await at.handler.closedWith()).toBe('amqp/peer-error')
    expect(at.handler.closed[0]?.given).toBe('amqp:internal-error')
  })

  test('both keep a quiet connection alive', async () => {
    const quiet = await meet({ rhea: { idle_time_out: 100 }, engine: { idleTimeoutMs: 100 } })
    const before = quiet.engine.stats
    await eventually(() => {
      const now = quiet.engine.stats
      return now.bytesIn >= before.bytesIn + 80 && now.bytesOut >= before.bytesOut + 80
    })
    expect(quiet.handler.closed).toEqual([])
    expect(quiet.rhea.is_open()).toBe(true)
    quiet.close()
  })
})

test.each([
  ['rhea dials', rheaDials],
  ['rhea listens', rheaListens],
] as const)('EXTERNAL over mutual TLS: %s', async (_name, meet) => {
  const { alice, bob } = await certificatesFor('alice', 'bob')
  const at = await meet({ tls: { dialler: alice, listener: bob } })
  expect(at.engine.peer?.user).toBe(meet === rheaDials ? 'CN=alice' : undefined)
  const sender = at.engine.begin().openSender({ target: { address: 'x' } }, new RecordedSender())
  await eventually(() => sender.credit > 0)
  const arrived = emitted(at.rhea, 'message')
  const outgoing = new RecordedOutgoing(sender.send())
  outgoing.delivery.write(encodeMessage({ body: LARGE }))
  outgoing.delivery.end()
  expect((await arrived).message?.body).toBe(LARGE)
  at.close()
})
