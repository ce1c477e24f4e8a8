import { describe, expect, it, onTestFinished } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import type { DeliveryState, OutgoingHandler } from '../../../../router/amqp/delivery.ts'
import { uint } from '../../../../router/amqp/value.ts'
import { STREAM_CONTENT_TYPE, type StreamHead } from '../../../../router/service/stream-router.ts'
import { TcpConnector, type TcpConnectorOptions } from '../../../../router/service/tcp-connector.ts'
import { eventually } from '../../../support/eventually.ts'
import { FakeIncoming } from '../../../support/fake-deliveries.ts'
import { MemoryRouter } from '../../../support/memory-router.ts'
import { serviceContext } from '../../../support/service-context.ts'
import { closedPort, echoPeer, tcpPeer } from '../../../support/tcp-peers.ts'

const STOP = new SkupperError('tcp/test-over', 'the test is over')
const HEAD: StreamHead = {
  to: 'web:80',
  replyTo: 'amqp:/_topo/0/test/temp.client',
  contentType: STREAM_CONTENT_TYPE,
  applicationProperties: new Map(),
}

function connector(port: number, options: Partial<TcpConnectorOptions> = {}) {
  const world = serviceContext(new MemoryRouter())
  const made = new TcpConnector(
    { name: 'web-connector', address: 'web:80', host: '127.0.0.1', port, ...options },
    world.context,
  )
  onTestFinished(() => {
    made.destroy(STOP)
  })
  return { connector: made, ...world }
}

/** Opens a stream as a listener does, and notes what comes back. */
function client(router: MemoryRouter, head = HEAD) {
  const states: DeliveryState[] = []
  const replies: StreamHead[] = []
  let text = ''
  let ended = false
  router.subscribe(HEAD.replyTo ?? '', (delivery) => {
    replies.push(...router.opened.map((stream) => stream.head).filter(({ to }) => to === HEAD.replyTo))
    delivery.handler = {
      onData: (chunk) => (text += chunk.toString()),
      onEnd: () => (ended = true),
      onAborted: () => undefined,
    }
  })
  const outgoing = router.open(head)
  if (outgoing === undefined) throw new Error('no connector')
  const handler: OutgoingHandler = {
    onState: (state) => state !== undefined && states.push(state),
    onDrain: () => undefined,
    onLost: () => undefined,
  }
  outgoing.handler = handler
  return { outgoing, states, replies, text: () => text, ended: () => ended }
}

describe('a connector', () => {
  it('tells the network of itself and of its target, until it is closed', () => {
    const { connector: made, records, router } = connector(8080)
    const attributes = {
      name: 'web-connector',
      protocol: 'tcp',
      destHost: '127.0.0.1',
      destPort: '8080',
      vanAddress: 'web:80',
    }
    expect(records).toEqual([{ type: 'CONNECTOR', attributes, ended: false }])
    made.close()
    made.close()
    expect(records[0]?.ended).toBe(true)
    expect(router.open(HEAD)).toBeUndefined()
  })

  it('answers only when the target has accepted', async () => {
    const target = await echoPeer()
    const { router } = connector(target.port)
    const { replies } = client(router)
    expect(replies).toEqual([])
    const reply = await eventually(() => replies[0])
    expect(reply).toEqual({
      to: HEAD.replyTo,
      contentType: 'application/octet-stream',
      applicationProperties: new Map([['V', uint(1)]]),
    })
    expect(target.sockets.length).toBe(1)
  })

  it('carries bytes both ways and ends each direction by itself', async () => {
    const target = await echoPeer()
    const { router, connector: made } = connector(target.port)
    const { outgoing, states, text, ended } = client(router)
    await eventually(() => router.opened.length === 2)
    outgoing.write(Buffer.from('hello'))
    await eventually(() => text() === 'hello')
    outgoing.end()
    await eventually(ended)
    expect(states).toEqual([{ kind: 'accepted' }])
    expect(made.traffic).toMatchObject({ connectionsOpened: 1, bytesIn: 5, bytesOut: 5 })
  })

  it('looks its target up for each connection', async () => {
    const target = await echoPeer()
    const { router } = connector(target.port, { host: 'localhost' })
    client(router)
    await eventually(() => target.sockets.length === 1)
  })
})

describe('a target that cannot be reached', () => {
  const failed: DeliveryState = { kind: 'modified', deliveryFailed: true, undeliverableHere: false }

  it('fails the stream when it refuses', async () => {
    const { router, connector: made } = connector(await closedPort())
    const { states, replies } = client(router)
    await eventually(() => states.length === 1)
    expect(states).toEqual([failed])
    expect(replies).toEqual([])
    expect(made.lastError?.code).toBe('tcp/refused')
    expect(made.traffic).toMatchObject({ connectionsOpened: 1, connectionsClosed: 1 })
  })

  it('fails the stream when its name is unknown', async () => {
    const { router, connector: made } = connector(80, { host: 'no-such-host.invalid' })
    const { states } = client(router)
    await eventually(() => states.length === 1)
    expect(made.lastError?.code).toBe('tcp/refused')
  })
})

describe('a delivery that is no client stream', () => {
  function handed(head: { contentType?: string; replyTo?: string }) {
    const incoming = new FakeIncoming()
    const world = serviceContext(
      Object.assign(new MemoryRouter(), {
        subscribe: (_: string, consumer: (d: FakeIncoming, h: typeof head, first: Buffer) => void) => {
          consumer(incoming, head, Buffer.from('raw'))
          return { close: () => undefined }
        },
      }),
    )
    new TcpConnector({ name: 'c', address: 'web:80', host: '127.0.0.1', port: 1 }, world.context)
    return incoming.updates
  }

  it('is released for its content type, so that another consumer may take it', () => {
    expect(handed({ contentType: 'text/plain', replyTo: 'r' })).toEqual([
      { state: { kind: 'released' }, settled: true },
    ])
    expect(handed({ replyTo: 'r' })).toMatchObject([{ state: { kind: 'released' } }])
  })

  it('is rejected without a reply address', () => {
    expect(handed({ contentType: STREAM_CONTENT_TYPE })).toMatchObject([{ state: { kind: 'rejected' }, settled: true }])
  })
})

describe('drain', () => {
  it('withdraws the target and waits for the connections to end', async () => {
    const target = await tcpPeer(() => undefined)
    const { router, connector: made } = connector(target.port)
    const { outgoing } = client(router)
    await eventually(() => router.opened.length === 2)
    const drained = made.drain(60_000)
    expect(router.open(HEAD)).toBeUndefined()
    outgoing.abort()
    await drained
    expect(made.traffic.connectionsClosed).toBe(1)
  })
})
