import { describe, expect, it, onTestFinished } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { uint } from '../../../../router/amqp/value.ts'
import { STREAM_CONTENT_TYPE, type StreamConsumer } from '../../../../router/service/stream-router.ts'
import { TcpListener, type TcpListenerOptions } from '../../../../router/service/tcp-listener.ts'
import { eventually } from '../../../support/eventually.ts'
import { MemoryRouter } from '../../../support/memory-router.ts'
import { serviceContext } from '../../../support/service-context.ts'
import { tcpClient } from '../../../support/tcp-peers.ts'

const STOP = new SkupperError('tcp/test-over', 'the test is over')

function listener(options: Partial<TcpListenerOptions> = {}) {
  const world = serviceContext(new MemoryRouter())
  const made = new TcpListener(
    { name: 'web-listener', address: 'web:80', host: '127.0.0.1', port: 0, ...options },
    world.context,
  )
  onTestFinished(() => {
    made.destroy(STOP)
  })
  return { listener: made, ...world }
}

/** A target that answers each client with a stream of its own, which it gives to the test. */
function answering(router: MemoryRouter): StreamConsumer {
  return (delivery, head) => {
    delivery.handler = { onData: () => undefined, onEnd: () => undefined, onAborted: () => undefined }
    queueMicrotask(() => {
      router.open({ to: head.replyTo ?? '', contentType: STREAM_CONTENT_TYPE, applicationProperties: new Map() })
    })
  }
}

describe('a listener', () => {
  it('listens only while its address has a target', async () => {
    const { listener: made, router, lines } = listener()
    expect(made.operStatus).toBe('down')
    const target = router.subscribe('web:80', () => undefined)
    await eventually(() => made.operStatus === 'up')
    target.close()
    expect(made.operStatus).toBe('down')
    expect(made.port).toBeUndefined()
    expect(lines).toEqual(['listening', 'stopped listening'])
  })

  it('tells the network of itself, until it is closed', () => {
    const { listener: made, records } = listener()
    const attributes = {
      name: 'web-listener',
      protocol: 'tcp',
      destHost: '127.0.0.1',
      destPort: '0',
      vanAddress: 'web:80',
    }
    expect(records).toEqual([{ type: 'LISTENER', attributes, ended: false }])
    made.close()
    made.close()
    expect(records[0]?.ended).toBe(true)
  })

  it('sends the head of a stream as soon as a client comes, and reads the client only after the answer', async () => {
    const { listener: made, router } = listener()
    router.subscribe('web:80', (delivery) => {
      delivery.handler = { onData: () => undefined, onEnd: () => undefined, onAborted: () => undefined }
    })
    const client = tcpClient(await eventually(() => made.port))
    client.socket.write('early')
    const opened = await eventually(() => router.opened[0])
    expect(opened.head).toEqual({
      to: 'web:80',
      replyTo: 'amqp:/_topo/0/test/temp.000000000000001',
      correlationId: 'abcde:1',
      contentType: 'application/octet-stream',
      applicationProperties: new Map([['V', uint(1)]]),
    })
    await eventually(() => made.traffic.connectionsOpened === 1)
    expect(made.traffic.bytesIn).toBe(0)
    router.open({ ...opened.head, to: opened.head.replyTo ?? '' })
    await eventually(() => made.traffic.bytesIn === 5)
  })

  it('gives each client a reply address of its own', async () => {
    const { listener: made, router } = listener()
    router.subscribe('web:80', answering(router))
    const port = await eventually(() => made.port)
    tcpClient(port)
    tcpClient(port)
    await eventually(() => router.opened.length === 4)
    expect(new Set(router.opened.map(({ head }) => head.to)).size).toBe(3)
  })
})

describe('a client whose targets refuse', () => {
  it('sees an error', async () => {
    const { listener: made, router } = listener()
    router.subscribe('web:80', (delivery) => {
      delivery.update({ kind: 'modified', deliveryFailed: true, undeliverableHere: false }, true)
    })
    const client = tcpClient(await eventually(() => made.port))
    expect(await client.outcome).toBe('ECONNRESET')
    expect(made.traffic).toMatchObject({ connectionsOpened: 1, connectionsClosed: 1 })
    expect(made.lastError?.code).toBe('tcp/refused')
  })
})

describe('drain', () => {
  it('stops listening and waits for the connections to end', async () => {
    const { listener: made, router } = listener()
    router.subscribe('web:80', answering(router))
    const client = tcpClient(await eventually(() => made.port))
    await eventually(() => router.opened.length === 2)
    const drained = made.drain(60_000)
    expect(made.operStatus).toBe('down')
    client.socket.resetAndDestroy()
    await drained
    expect(made.traffic.connectionsClosed).toBe(1)
  })

  it('resets what is left at the deadline', async () => {
    const { listener: made, router } = listener()
    router.subscribe('web:80', answering(router))
    const client = tcpClient(await eventually(() => made.port))
    await eventually(() => router.opened.length === 2)
    await made.drain(1)
    expect(await client.outcome).toBe('ECONNRESET')
    await eventually(() => made.lastError?.code === 'tcp/drained')
  })
})
