import { beforeEach, expect, test } from 'vitest'
import type { Sender, SenderHandler } from '../../../../../router/amqp/sender.ts'
import type { Session } from '../../../../../router/amqp/session.ts'
import { StreamPool } from '../../../../../router/mesh/connection/stream-pool.ts'
import { FakeOutgoing } from '../../../../support/fake-deliveries.ts'
import { recordedWriter } from '../../../../support/recorded-handlers.ts'

/** A link as its opener sees it; the test plays the peer. */
class FakeLink implements Sender {
  readonly role = 'sender'
  readonly name = 'link'
  readonly source = undefined
  readonly target = undefined
  handler: SenderHandler
  credit = 0
  idle = true
  ended = false
  readonly sent: FakeOutgoing[] = []

  constructor(handler: SenderHandler) {
    this.handler = handler
  }

  grant(credit: number): void {
    this.credit = credit
    this.handler.onCredit()
  }

  send(): FakeOutgoing {
    this.credit--
    const outgoing = new FakeOutgoing()
    this.sent.push(outgoing)
    return outgoing
  }

  settle(): void {
    this.sent.at(-1)?.handler.onState({ kind: 'accepted' }, true)
  }

  accept(): void {
    throw new Error('not asked')
  }

  refuse(): void {
    throw new Error('not asked')
  }

  detach(): void {
    throw new Error('not expected')
  }
}

let links: FakeLink[]
let time: number
let pool: StreamPool

beforeEach(() => {
  links = []
  time = 0
  const begin = (): Session => ({
    openSender: (_, handler) => {
      const link = new FakeLink(handler)
      links.push(link)
      return link
    },
    openReceiver: () => {
      throw new Error('not expected')
    },
    end: () => {
      const last = links.find((link) => !link.ended)
      if (last !== undefined) last.ended = true
    },
  })
  pool = new StreamPool({ begin }, {}, () => time)
})

test('a stream waits on a new link for credit', () => {
  const stream = pool.open({})
  stream?.write(Buffer.from('early'))
  expect(links[0]?.sent).toEqual([])
  links[0]?.grant(250)
  expect(links[0]?.sent[0]?.text).toBe('early')
})

test('streams at the same time have links of their own, streams one after the other share one', () => {
  pool.open({})?.end()
  pool.open({})
  expect(links.length).toBe(2)
  links[0]?.grant(250)
  links[0]?.settle()
  pool.open({})
  expect(links.length).toBe(2)
  expect(links[0]?.sent.length).toBe(2)
  expect(pool.busy).toBe(2)
})

test('a link with bytes still to send is not taken for another stream', () => {
  pool.open({})?.end(true)
  const [link] = links
  if (link !== undefined) link.idle = false
  link?.grant(250)
  pool.open({})
  expect(links.length).toBe(2)
  if (link !== undefined) link.idle = true
  pool.open({})
  expect(links.length).toBe(2)
})

test('a link that gets no credit in time is given up, and its stream lost', () => {
  const writer = recordedWriter()
  const stream = pool.open({})
  if (stream !== undefined) stream.handler = writer
  time = 9_000
  pool.sweep()
  expect(writer.calls).toEqual([])
  time = 11_000
  pool.sweep()
  expect(writer.calls).toEqual(['lost'])
  expect(links[0]?.ended).toBe(true)
})

test('a refused link loses its stream', () => {
  const writer = recordedWriter()
  const stream = pool.open({})
  if (stream !== undefined) stream.handler = writer
  links[0]?.handler.onDetached()
  expect(writer.calls).toEqual(['lost'])
})

test('spare links above a limit are closed', () => {
  for (let i = 0; i < 100; i++) pool.open({})
  for (const link of links) link.grant(250)
  for (const link of links) link.settle()
  pool.sweep()
  expect(links.filter(({ ended }) => ended).length).toBe(36)
})

test('when the connection is gone, waiting streams are lost and no more are taken', () => {
  const writer = recordedWriter()
  const stream = pool.open({})
  if (stream !== undefined) stream.handler = writer
  pool.lose()
  expect(writer.calls).toEqual(['lost'])
  expect(pool.open({})).toBeUndefined()
})

test('a connection that takes no more sessions gives no stream', () => {
  const full = new StreamPool(
    {
      begin: () => {
        throw new Error('too many')
      },
    },
    {},
    () => 0,
  )
  expect(full.open({})).toBeUndefined()
})
