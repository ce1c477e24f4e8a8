import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { ClientOpening } from '../../../../router/service/client-opening.ts'
import { STREAM_CONTENT_TYPE, type StreamConsumer, type StreamHead } from '../../../../router/service/stream-router.ts'
import { StreamSet } from '../../../../router/service/stream-set.ts'
import { eventually } from '../../../support/eventually.ts'
import { FakeIncoming, FakeOutgoing } from '../../../support/fake-deliveries.ts'
import { FakeSocket } from '../../../support/fake-socket.ts'

const FAILED = { kind: 'modified', deliveryFailed: true, undeliverableHere: false } as const
const NOTHING = Buffer.alloc(0)

/** A client's opening in a network of `targets` targets, which the test plays. */
function opening({ targets = 10 } = {}) {
  const streams = new StreamSet()
  const socket = new FakeSocket()
  const attempts: { head: StreamHead; outgoing: FakeOutgoing; answer: StreamConsumer }[] = []
  const triedBefore: number[] = []
  const listening = new Map<string, StreamConsumer>()
  const router = {
    open(head: StreamHead, tried: unknown[] = []) {
      triedBefore.push(tried.length)
      tried.push(`place-${String(attempts.length)}`)
      if (attempts.length === targets) return undefined
      const outgoing = new FakeOutgoing()
      attempts.push({ head, outgoing, answer: listening.get(head.replyTo ?? '') ?? (() => undefined) })
      return outgoing
    },
    subscribe(address: string, consumer: StreamConsumer) {
      listening.set(address, consumer)
      return { close: () => listening.delete(address), rest: () => undefined }
    },
    watch: () => () => undefined,
    replyAddress: () => `reply-${String(attempts.length)}`,
  }
  const nextId = () => `abcde:${String(attempts.length)}`
  const context = { router, streams, address: 'web:80', nextId, random: () => 0.5, connectTimeoutMs: 2000 }
  const client = new ClientOpening(socket, undefined, context)
  onTestFinished(() => {
    client.destroy(new SkupperError('tcp/test-over', 'the test is over'))
  })
  client.attempt()
  const attempt = (n: number) => {
    const made = attempts[n]
    if (made === undefined) throw new Error(`there was no attempt ${String(n)}`)
    return made
  }
  return { client, streams, socket, attempts, attempt, listening, triedBefore }
}

describe('a client that was accepted', () => {
  it('sends its head with a reply address that is listened to', () => {
    const { attempt, listening } = opening()
    expect(attempt(0).head).toMatchObject({ to: 'web:80', replyTo: 'reply-0', correlationId: 'abcde:0' })
    expect([...listening.keys()]).toEqual(['reply-0'])
  })

  it('becomes a stream with the first answer, and listens no more', () => {
    const { socket, attempt, listening, streams } = opening()
    attempt(0).answer(new FakeIncoming(), { contentType: STREAM_CONTENT_TYPE }, Buffer.from('hello'))
    expect(socket.received).toBe('hello')
    expect(socket.isPaused()).toBe(false)
    expect(listening.size).toBe(0)
    expect(streams).toMatchObject({ connectionsOpened: 1, connectionsClosed: 0 })
  })

  it('is reset without a target', () => {
    const { socket, streams } = opening({ targets: 0 })
    expect(socket.reset).toBe(true)
    expect(streams.lastError?.code).toBe('tcp/no-target')
  })

  it('that leaves before the answer takes its stream back', async () => {
    const { socket, attempt, streams } = opening()
    socket.peerResets()
    await eventually(() => streams.connectionsClosed === 1)
    expect(attempt(0).outgoing.calls).toEqual(['abort'])
    expect(streams.lastError?.code).toBe('tcp/client-gone')
  })
})

describe('a target that refuses', () => {
  it.each([
    ['modified', FAILED],
    ['released', { kind: 'released' }],
    ['accepted, and nothing more', { kind: 'accepted' }],
  ] as const)('(%s) is followed by another, with a reply address of its own', (_, state) => {
    const { socket, attempts, attempt, listening, triedBefore } = opening()
    attempt(0).outgoing.handler.onState(state, true)
    expect(attempt(0).outgoing.calls).toEqual(['end settled'])
    expect(attempts.map(({ head }) => head.replyTo)).toEqual(['reply-0', 'reply-1'])
    expect(attempts.map(({ head }) => head.correlationId)).toEqual(['abcde:0', 'abcde:1'])
    expect(triedBefore).toEqual([0, 1])
    expect([...listening.keys()]).toEqual(['reply-1'])
    expect(socket.destroyed).toBe(false)
  })

  it('is the last after three: the client is reset, once', () => {
    const { socket, attempts, attempt, streams } = opening()
    for (const n of [0, 1, 2]) attempt(n).outgoing.handler.onState(FAILED, true)
    attempt(2).outgoing.handler.onState(FAILED, true)
    expect(attempts.length).toBe(3)
    expect(socket.reset).toBe(true)
    expect(streams.connectionsClosed).toBe(1)
    expect(streams.lastError?.code).toBe('tcp/refused')
  })

  it('is asked again after pauses that grow where the network only has no way just now', () => {
    vi.useFakeTimers()
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const { attempts, attempt, socket, streams } = opening()
    const released = (n: number) => {
      attempt(n).outgoing.handler.onState({ kind: 'released' }, true)
    }
    released(0)
    expect(attempts.length).toBe(2)
    for (const [n, pauseMs] of [100, 200, 400, 800].entries()) {
      released(n + 1)
      vi.advanceTimersByTime(pauseMs - 1)
      expect(attempts.length).toBe(n + 2)
      vi.advanceTimersByTime(1)
      expect(attempts.length).toBe(n + 3)
    }
    released(5)
    expect(socket.reset).toBe(true)
    expect(streams.lastError?.code).toBe('tcp/refused')
  })

  it('is not one that only acknowledges', () => {
    const { attempts, attempt } = opening()
    attempt(0).outgoing.handler.onState({ kind: 'received', offset: 0 }, false)
    expect(attempts.length).toBe(1)
  })
})

describe('a path that is lost', () => {
  it('is followed by another, and the last by a reset', () => {
    const { attempts, attempt, streams } = opening({ targets: 2 })
    attempt(0).outgoing.handler.onLost()
    expect(attempts.length).toBe(2)
    attempt(1).outgoing.handler.onLost()
    expect(streams.lastError?.code).toBe('tcp/no-target')
  })
})

describe('a target that does not answer', () => {
  it('costs the client its connection at the deadline', () => {
    vi.useFakeTimers()
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const { socket, attempt, streams } = opening()
    vi.advanceTimersByTime(1999)
    expect(socket.destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    expect(socket.reset).toBe(true)
    expect(attempt(0).outgoing.calls).toEqual(['abort'])
    expect(streams.lastError?.code).toBe('tcp/connect-timeout')
  })

  it('in time is released', () => {
    const { client, attempt } = opening()
    client.destroy(new SkupperError('tcp/test', 'a test'))
    const late = new FakeIncoming()
    attempt(0).answer(late, { contentType: STREAM_CONTENT_TYPE }, NOTHING)
    expect(late.updates).toEqual([{ state: { kind: 'released' }, settled: true }])
  })
})

describe('an answer that is no stream', () => {
  it('is rejected, and its client reset', () => {
    const { socket, attempt, streams } = opening()
    const answer = new FakeIncoming()
    attempt(0).answer(answer, { contentType: 'text/plain' }, NOTHING)
    expect(answer.updates).toMatchObject([{ state: { kind: 'rejected' }, settled: true }])
    expect(socket.reset).toBe(true)
    expect(streams.lastError?.code).toBe('tcp/not-a-stream')
  })
})
