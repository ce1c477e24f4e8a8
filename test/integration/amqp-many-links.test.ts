import { expect, test } from 'vitest'
import { Acceptor, RecordedOutgoing, RecordedSender } from '../support/amqp-deliveries.ts'
import { enginePair } from '../support/amqp-pair.ts'
import { eventually } from '../support/eventually.ts'

const LINKS = 1_000

test('1,000 links, each in a session of its own, carry a delivery at the same time', async () => {
  const acceptor = new Acceptor()
  const pair = await enginePair({ attach: acceptor.attach })
  const outgoing = new Map<string, RecordedOutgoing>()
  for (let i = 0; i < LINKS; i++) {
    const handler = new RecordedSender()
    const name = `link ${String(i)}`
    const sender = pair.dialler.connection.begin().openSender({ name }, handler)
    handler.onCreditOnce = () => {
      const delivery = new RecordedOutgoing(sender.send())
      delivery.write(`this is ${name}`)
      outgoing.set(name, delivery)
    }
  }
  await eventually(() => outgoing.size === LINKS)
  for (const [name, delivery] of outgoing) {
    const incoming = await eventually(() => acceptor.receivers.get(name)?.handler.deliveries[0])
    await eventually(() => incoming.text === `this is ${name}`)
    incoming.delivery.update({ kind: 'received', offset: incoming.bytes }, false)
    delivery.delivery.end()
  }
  const incoming = [...acceptor.receivers.values()].map(({ handler }) => handler.deliveries[0])
  await eventually(() => incoming.every((delivery) => delivery?.heard.length === 1))
  for (const delivery of incoming) delivery?.delivery.update({ kind: 'accepted' }, true)
  await eventually(() => [...outgoing.values()].every((delivery) => delivery.states.at(-1)?.[1] === true))
  expect(pair.dialler.handler.closed).toEqual([])
  pair.dialler.connection.close()
  await pair.listener.handler.closedWith()
})

test('links and sessions come and go without using up the connection', async () => {
  const acceptor = new Acceptor()
  const limits = { maxLinks: 10, maxSessions: 10 }
  const pair = await enginePair({ attach: acceptor.attach, listener: { limits }, dialler: { limits } })
  for (let i = 0; i < 100; i++) {
    const session = pair.dialler.connection.begin()
    const handler = new RecordedSender()
    const sender = session.openSender({ name: 'again' }, handler)
    await eventually(() => sender.credit > 0)
    if (i % 2 === 0) {
      sender.detach()
      await eventually(() => handler.detached.length > 0)
    }
    session.end()
    // The next begin must find the channel free: each side has seen the other's end.
    const check = pair.dialler.connection.begin()
    const probe = check.openSender({ name: 'probe' }, new RecordedSender())
    await eventually(() => probe.credit > 0)
    check.end()
  }
  expect(pair.dialler.handler.closed).toEqual([])
  expect(pair.listener.handler.closed).toEqual([])
  pair.dialler.connection.close()
  await pair.listener.handler.closedWith()
})
