import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { StreamSet } from '../../../../router/service/stream-set.ts'
import { TargetOpening } from '../../../../router/service/target-opening.ts'
import { eventually } from '../../../support/eventually.ts'
import { FakeIncoming, FakeOutgoing } from '../../../support/fake-deliveries.ts'
import { closedPort, tcpPeer } from '../../../support/tcp-peers.ts'

const FAILED = { kind: 'modified', deliveryFailed: true, undeliverableHere: false }

const CONNECT_TIMEOUT_MS = 10_000

/** A client's stream with `first` in it, for a target at `port`; `reachable`: whether its reply address works. */
function opening(port: number, { first = '', reachable = true } = {}) {
  const streams = new StreamSet()
  const delivery = new FakeIncoming()
  const answers: FakeOutgoing[] = []
  const router = {
    open() {
      const answer = new FakeOutgoing()
      if (reachable) answers.push(answer)
      return reachable ? answer : undefined
    },
    subscribe: () => ({ close: () => undefined, rest: () => undefined }),
    watch: () => () => undefined,
    replyAddress: () => 'unused',
  }
  const context = {
    router,
    streams,
    host: '127.0.0.1',
    port,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    onRefused: () => undefined,
  }
  new TargetOpening(delivery, { head: {}, first: Buffer.from(first) }, context).start('reply')
  return { streams, delivery, answers }
}

describe('a stream for a target', () => {
  it('is answered when the target has accepted', async () => {
    const target = await tcpPeer((socket) => socket.end('hello'))
    const { answers } = opening(target.port)
    expect(answers.length).toBe(0)
    await eventually(() => answers[0]?.text === 'hello' && answers[0].calls[0] === 'end')
  })

  it('that is complete before that is passed on whole', async () => {
    let received = ''
    const target = await tcpPeer((socket) => {
      socket.on('data', (chunk) => (received += chunk.toString())).on('end', () => socket.end())
    })
    const { delivery } = opening(target.port, { first: 'all of ' })
    delivery.handler.onData(Buffer.from('it'))
    delivery.handler.onEnd(false)
    expect(delivery.paused).toBe(true)
    await eventually(() => delivery.updates.length > 0)
    expect(delivery.updates).toEqual([{ state: { kind: 'accepted' }, settled: true }])
    expect(delivery.paused).toBe(false)
    await eventually(() => received === 'all of it')
  })

  it('that came with more than the socket takes goes on when that has drained', async () => {
    const target = await tcpPeer((socket) => socket.pause())
    const { delivery, answers } = opening(target.port, { first: 'x'.repeat(8_000_000) })
    await eventually(() => answers.length === 1)
    expect(delivery.paused).toBe(true)
    target.sockets[0]?.resume()
    await eventually(() => !delivery.paused)
  })
})

describe('a target that cannot be reached', () => {
  it('fails the stream, and lets early bytes run out', async () => {
    const { streams, delivery } = opening(await closedPort(), { first: 'early' })
    await eventually(() => streams.connectionsClosed === 1)
    expect(delivery.updates).toEqual([{ state: FAILED, settled: true }])
    expect(delivery.paused).toBe(false)
    expect(streams.lastError?.code).toBe('tcp/refused')
  })

  it('fails the stream at the deadline', () => {
    vi.useFakeTimers()
    onTestFinished(() => {
      vi.useRealTimers()
    })
    // Whatever becomes of the connection, nothing of it is known in this turn.
    const { streams, delivery } = opening(1)
    vi.advanceTimersByTime(CONNECT_TIMEOUT_MS)
    expect(delivery.updates).toEqual([{ state: FAILED, settled: true }])
    expect(streams.lastError?.code).toBe('tcp/connect-timeout')
  })
})

describe('a client that leaves', () => {
  it('before the target has accepted is not told of it', async () => {
    const target = await tcpPeer(() => undefined)
    const { streams, delivery, answers } = opening(target.port)
    delivery.settled = true
    delivery.handler.onAborted()
    expect(streams.lastError?.code).toBe('tcp/client-gone')
    expect(delivery.updates).toEqual([])
    expect(answers).toEqual([])
  })

  it('without a trace fails its stream', async () => {
    const target = await tcpPeer(() => undefined)
    const { streams, delivery } = opening(target.port, { reachable: false })
    await eventually(() => streams.connectionsClosed === 1)
    expect(delivery.updates).toEqual([{ state: FAILED, settled: true }])
    expect(streams.lastError?.code).toBe('tcp/client-gone')
  })
})
