import { beforeEach, expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { ClientSender } from '../../../../router/amqp/client-sender.ts'
import type { OutgoingDelivery, OutgoingHandler } from '../../../../router/amqp/delivery.ts'
import { Pending } from '../../../../router/amqp/pending.ts'
import type { SendOptions, Sender, SenderHandler } from '../../../../router/amqp/sender.ts'

class Delivery implements OutgoingDelivery {
  handler: OutgoingHandler = { onState: () => undefined, onDrain: () => undefined, onLost: () => undefined }
  text = ''
  ended = 0
  write(chunk: Buffer): boolean {
    this.text += chunk.toString()
    return true
  }
  end(): void {
    this.ended++
  }
  abort(): void {
    return
  }
}

class Link implements Sender {
  readonly role = 'sender'
  readonly name = 'x'
  readonly source = undefined
  readonly target = undefined
  handler: SenderHandler = { onCredit: () => undefined, onDetached: () => undefined }
  credit = 0
  idle = true
  readonly sent: [Delivery, SendOptions | undefined][] = []
  detached = 0
  accept(): void {
    return
  }
  refuse(): void {
    return
  }
  send(o?: SendOptions): OutgoingDelivery {
    this.credit--
    const delivery = new Delivery()
    this.sent.push([delivery, o])
    return delivery
  }
  detach(): void {
    this.detached++
  }
}

let link: Link
let sender: ClientSender
let gone = 0
beforeEach(() => {
  gone = 0
  link = new Link()
  sender = new ClientSender(() => gone++)
  sender.use(link)
})

function send(text: string, settled = false) {
  const pending = new Pending<void>(10_000, 'not sent')
  sender.send({ bytes: Buffer.from(text), settled, pending })
  return pending
}

test('messages wait for credit, and go in order', () => {
  send('a')
  send('b')
  expect([link.sent.length, sender.idle]).toEqual([0, false])
  link.credit = 1
  sender.onCredit()
  link.credit = 5
  sender.onCredit()
  expect(link.sent.map(([delivery]) => [delivery.text, delivery.ended])).toEqual([
    ['a', 1],
    ['b', 1],
  ])
  expect(sender.idle).toBe(true)
})

test('each hears of its outcome', async () => {
  link.credit = 4
  const [accepted, released, rejected, lost] = [send('a'), send('b'), send('c'), send('d')]
  const handlers = link.sent.map(([delivery]) => delivery.handler)
  handlers[0]?.onState({ kind: 'accepted' }, false)
  handlers[1]?.onState({ kind: 'released' }, false)
  handlers[1]?.onState({ kind: 'released' }, true)
  handlers[2]?.onState({ kind: 'rejected', condition: 'amqp:not-allowed' }, true)
  handlers[3]?.onLost()
  await accepted.promise
  await expect(released.promise).rejects.toMatchObject({ code: 'amqp/not-accepted', given: 'released' })
  await expect(rejected.promise).rejects.toMatchObject({ code: 'amqp/not-accepted', given: 'rejected' })
  await expect(lost.promise).rejects.toMatchObject({ code: 'amqp/detached' })
})

test('a pre-settled message is done when it is handed over', async () => {
  link.credit = 1
  await send('a', true).promise
  expect(link.sent[0]?.[1]).toEqual({ settled: true })
})

test('who has given up is not sent', () => {
  send('late').reject(new SkupperError('amqp/timeout', 'too late'))
  send('in time')
  link.credit = 2
  sender.onCredit()
  expect(link.sent.map(([delivery]) => delivery.text)).toEqual(['in time'])
})

test('a link that goes takes along what waits', async () => {
  const waiting = send('a')
  sender.onDetached(new SkupperError('amqp/peer-error', 'gone', { given: 'amqp:not-found' }))
  await expect(waiting.promise).rejects.toMatchObject({ given: 'amqp:not-found' })
  expect(gone).toBe(1)
  sender.detach()
  expect(link.detached).toBe(1)
})
