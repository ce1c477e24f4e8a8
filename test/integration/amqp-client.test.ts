import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { AmqpClient } from '../../router/amqp/client.ts'
import { Connection } from '../../router/amqp/connection.ts'
import type { ConnectionOptions } from '../../router/amqp/connection.ts'
import { encodeMessage } from '../../router/amqp/message.ts'
import type { DecodedMessage } from '../../router/amqp/message.ts'
import { receiveMessage } from '../../router/amqp/message-receiver.ts'
import type { Receiver } from '../../router/amqp/receiver.ts'
import type { Sender } from '../../router/amqp/sender.ts'
import { RecordedConnection } from '../support/amqp-pair.ts'
import { certificatesFor } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'

const DEADLINE_MS = 5_000
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** A small broker: what is sent to an address reaches those who receive from it. */
class Broker {
  readonly connections: Connection[] = []
  readonly receivers: Receiver[] = []
  readonly senders: Sender[] = []
  /** The addresses of all messages that came. */
  readonly seen: string[] = []
  answer: (link: Sender | Receiver) => boolean = () => false

  accept(server: Server, options: Partial<ConnectionOptions>): void {
    server.on('connection', (socket: Socket) => {
      if (options.sasl?.mechanisms[0] === 'EXTERNAL') return
      this.#serve(socket, options)
    })
    server.on('secureConnection', (socket: Socket) => {
      this.#serve(socket, options)
    })
  }

  #serve(socket: Socket, options: Partial<ConnectionOptions>): void {
    const handler = new RecordedConnection((link) => {
      if (!this.answer(link)) this.#take(link)
    })
    const all: ConnectionOptions = { containerId: 'broker', sasl: { mechanisms: ['ANONYMOUS'] }, ...options }
    this.connections.push(Connection.accept(socket, all, handler))
  }

  #take(link: Sender | Receiver): void {
    if (link.role === 'sender') {
      this.senders.push(link)
      link.accept(link.source?.dynamic === true ? { source: { address: `temp.${String(this.senders.length)}` } } : {})
      return
    }
    this.receivers.push(link)
    link.handler = {
      onDelivery: (delivery) => {
        receiveMessage(delivery, (message) => {
          this.#route(message)
        })
      },
      onDetached: () => undefined,
    }
    link.accept({ credit: 10 })
  }

  #route(message: DecodedMessage): void {
    this.seen.push(message.to ?? '')
    const to = message.to === 'echo' ? message.replyTo : message.to
    for (const sender of this.senders) {
      if (sender.source?.address !== to || sender.credit === 0) continue
      const delivery = sender.send({ settled: true })
      delivery.write(encodeMessage(message))
      delivery.end()
    }
  }
}

async function serve(options: Partial<ConnectionOptions> = {}, server: Server = createServer()) {
  const broker = new Broker()
  broker.accept(server, options)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => server.close())
  const { port } = server.address() as AddressInfo
  return { broker, server, to: { host: '127.0.0.1', port, containerId: 'client', deadlineMs: DEADLINE_MS } }
}

async function client(to: Parameters<typeof AmqpClient.connect>[0]): Promise<AmqpClient> {
  const made = await AmqpClient.connect(to)
  cleanups.push(() => void made.close())
  return made
}

describe.each([
  ['a link per address', []],
  ['one anonymous link', ['ANONYMOUS-RELAY']],
])('over %s', (_name, offeredCapabilities) => {
  test('what is sent arrives at who has subscribed', async () => {
    const { to, broker } = await serve({ offeredCapabilities })
    const [alice, bob] = [await client(to), await client(to)]
    const got: unknown[] = []
    const subscription = await alice.subscribe('news', (message) => got.push(message.body))
    expect(subscription.address).toBe('news')
    await bob.send('news', { body: 'one' })
    await bob.send('news', { body: ['two', 2] }, { settled: true })
    await eventually(() => got.length === 2)
    expect(got).toEqual(['one', ['two', 2]])
    expect(broker.receivers).toHaveLength(1)
    subscription.close()
    subscription.close()
  })

  test('requests find their replies, many at once', async () => {
    const { to } = await serve({ offeredCapabilities })
    const asker = await client(to)
    const bodies = Array.from({ length: 50 }, (_, i) => `question ${String(i)}`)
    const replies = await Promise.all(bodies.map((body) => asker.request('echo', { body })))
    expect(replies.map((reply) => reply.body)).toEqual(bodies)
  })

  test('a request that nobody answers ends at its deadline', async () => {
    const { to } = await serve({ offeredCapabilities })
    const asker = await client(to)
    await expect(asker.request('void', { body: 1 }, { deadlineMs: 50 })).rejects.toMatchObject({ code: 'amqp/timeout' })
    expect((await asker.request('echo', { body: 2 })).body).toBe(2)
  })
})

test('a message that is not accepted is an error that names the outcome', async () => {
  const { to, broker } = await serve()
  broker.answer = (link) => {
    if (link.role !== 'receiver') return false
    link.handler = {
      onDelivery: (delivery) => {
        delivery.update({ kind: 'released' }, true)
      },
      onDetached: () => undefined,
    }
    link.accept({ credit: 10 })
    return true
  }
  const sender = await client(to)
  const refused = { code: 'amqp/not-accepted', given: 'released' }
  await expect(sender.send('x', { body: 1 })).rejects.toMatchObject(refused)
  await expect(sender.request('x', { body: 1 })).rejects.toMatchObject(refused)
})

test('without credit a message waits for its deadline and no longer', async () => {
  const { to, broker } = await serve()
  broker.answer = (link) => {
    if (link.role !== 'receiver') return false
    link.accept()
    return true
  }
  const sender = await client(to)
  await expect(sender.send('x', { body: 1 }, { deadlineMs: 50 })).rejects.toMatchObject({ code: 'amqp/timeout' })
})

test('a refused subscription, and one that the peer ends', async () => {
  const { to, broker } = await serve()
  broker.answer = (link) => {
    if (link.role !== 'sender' || link.source?.address !== 'secret') return false
    link.refuse('amqp:unauthorized-access', 'not you')
    return true
  }
  const reader = await client(to)
  const ignore = () => undefined
  await expect(reader.subscribe('secret', ignore)).rejects.toMatchObject({
    code: 'amqp/peer-error',
    given: 'amqp:unauthorized-access',
  })
  const ended: unknown[] = []
  await reader.subscribe('news', ignore, { onDetached: (error) => ended.push(error?.given) })
  broker.senders[0]?.detach({ condition: 'amqp:resource-deleted' })
  await eventually(() => ended.length > 0)
  expect(ended).toEqual(['amqp:resource-deleted'])
})

test('with a certificate it authenticates as its subject', async () => {
  const { alice, bob } = await certificatesFor('alice', 'bob')
  const server = createTlsServer({ ...bob, requestCert: true })
  const { to, broker } = await serve({ sasl: { mechanisms: ['EXTERNAL'] } }, server)
  const secured = await client({ ...to, tls: alice })
  expect((await secured.request('echo', { body: 'hello' })).body).toBe('hello')
  expect(broker.connections[0]?.peer?.user).toBe('CN=alice')
})

test('when the peer goes, whatever waits hears of it, and so does the listener', async () => {
  const { to, broker } = await serve()
  const asker = await client(to)
  const waiting = asker.request('void', { body: 1 })
  await eventually(() => broker.seen.length > 0)
  const closed: unknown[] = []
  asker.onClosed((reason) => closed.push(reason?.given))
  broker.connections[0]?.close('amqp:connection:forced', 'over')
  await expect(waiting).rejects.toMatchObject({ code: 'amqp/peer-error' })
  await eventually(() => closed.length > 0)
  expect(closed).toEqual(['amqp:connection:forced'])
  await expect(asker.send('x', { body: 1 })).rejects.toMatchObject({ code: 'amqp/closed' })
  asker.onClosed((reason) => closed.push(reason?.given))
  await eventually(() => closed.length === 2)
})

test('closing twice is fine', async () => {
  const { to } = await serve()
  const closing = await client(to)
  await Promise.all([closing.close(), closing.close()])
  await closing.close()
  await expect(closing.subscribe('x', () => undefined)).rejects.toMatchObject({ code: 'amqp/closed' })
})

test('more addresses than it keeps links for', async () => {
  const { to, broker } = await serve()
  const sender = await client(to)
  for (let i = 0; i < 100; i++) await sender.send(`address ${String(i)}`, { body: i })
  expect(broker.seen).toHaveLength(100)
})

test('a peer that does not speak AMQP, and one that says nothing', async () => {
  const chatty = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const silent = createServer((socket) => socket.resume())
  for (const server of [chatty, silent]) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanups.push(() => server.close())
  }
  const options = (server: Server, deadlineMs: number) => ({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    containerId: 'client',
    deadlineMs,
  })
  await expect(AmqpClient.connect(options(chatty, DEADLINE_MS))).rejects.toMatchObject({ code: 'amqp/wrong-protocol' })
  await expect(AmqpClient.connect(options(silent, 50))).rejects.toMatchObject({ code: 'amqp/timeout' })
})
