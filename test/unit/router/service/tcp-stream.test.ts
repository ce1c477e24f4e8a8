import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { StreamSet } from '../../../../router/service/stream-set.ts'
import { ACKNOWLEDGE_EVERY_BYTES, WINDOW_BYTES } from '../../../../router/service/stream-window.ts'
import { TcpStream } from '../../../../router/service/tcp-stream.ts'
import { eventually } from '../../../support/eventually.ts'
import { FakeIncoming, FakeOutgoing } from '../../../support/fake-deliveries.ts'
import { FakeSocket } from '../../../support/fake-socket.ts'

const FAILED = { kind: 'modified', deliveryFailed: true, undeliverableHere: false } as const
const ACCEPTED = { kind: 'accepted' } as const

function started({ first = '' } = {}) {
  const streams = new StreamSet()
  const socket = new FakeSocket()
  const outgoing = new FakeOutgoing()
  const incoming = new FakeIncoming()
  const stream = new TcpStream({ socket, outgoing, incoming }, streams)
  streams.add(stream)
  stream.start(Buffer.from(first))
  return { streams, socket, outgoing, incoming, stream }
}

describe('bytes', () => {
  it('go from the socket to the delivery and are counted', async () => {
    const { streams, socket, outgoing } = started()
    socket.peerSends('hello')
    await eventually(() => outgoing.text === 'hello')
    expect(streams.bytesIn).toBe(5)
  })

  it('go from the delivery to the socket, those that came with the head first', () => {
    const { streams, socket, incoming } = started({ first: 'one ' })
    incoming.handler.onData(Buffer.from('two'))
    expect(socket.received).toBe('one two')
    expect(streams.bytesOut).toBe(7)
  })
})

describe('back-pressure', () => {
  it('stops the socket while the delivery is full', async () => {
    const { socket, outgoing } = started()
    outgoing.takesMore = false
    socket.peerSends('a')
    await eventually(() => socket.isPaused())
    outgoing.takesMore = true
    outgoing.handler.onDrain()
    expect(socket.isPaused()).toBe(false)
  })

  it('stops the socket when a window is under way, until the far end has acknowledged', async () => {
    const { socket, outgoing } = started()
    socket.peerSends(Buffer.alloc(WINDOW_BYTES))
    await eventually(() => outgoing.bytes === WINDOW_BYTES)
    expect(socket.isPaused()).toBe(true)
    outgoing.handler.onState({ kind: 'received', offset: 0 }, false)
    expect(socket.isPaused()).toBe(true)
    outgoing.handler.onState({ kind: 'received', offset: 300_000 }, false)
    expect(socket.isPaused()).toBe(false)
  })

  it('waits for both reasons to go', async () => {
    const { socket, outgoing } = started()
    outgoing.takesMore = false
    socket.peerSends(Buffer.alloc(WINDOW_BYTES))
    await eventually(() => socket.isPaused())
    outgoing.handler.onState({ kind: 'received', offset: 300_000 }, false)
    expect(socket.isPaused()).toBe(true)
    outgoing.handler.onDrain()
    expect(socket.isPaused()).toBe(false)
  })

  it('pauses the delivery while the socket is full, and acknowledges only what was written', async () => {
    const { socket, incoming } = started()
    socket.peerStopsReading()
    incoming.handler.onData(Buffer.alloc(ACKNOWLEDGE_EVERY_BYTES))
    expect(incoming.paused).toBe(true)
    expect(incoming.updates).toEqual([])
    socket.peerReadsAgain()
    await eventually(() => !incoming.paused)
    expect(incoming.updates).toEqual([{ state: { kind: 'received', offset: ACKNOWLEDGE_EVERY_BYTES }, settled: false }])
  })
})

describe('a half-close', () => {
  it('of the socket ends its delivery and leaves the other direction open', async () => {
    const { socket, outgoing, incoming } = started()
    socket.peerEnds()
    await eventually(() => outgoing.calls.length > 0)
    expect(outgoing.calls).toEqual(['end'])
    incoming.handler.onData(Buffer.from('still here'))
    expect(socket.received).toBe('still here')
  })

  it('of the far end shuts the socket for writing, then accepts', async () => {
    const { socket, outgoing, incoming } = started()
    socket.peerStopsReading()
    incoming.handler.onData(Buffer.from('last'))
    incoming.handler.onEnd(false)
    expect(incoming.updates).toEqual([])
    socket.peerReadsAgain()
    await eventually(() => incoming.updates.length > 0)
    expect(incoming.updates).toEqual([{ state: ACCEPTED, settled: true }])
    socket.peerSends('reply')
    await eventually(() => outgoing.text === 'reply')
  })

  it('is not answered where the sender has settled it', async () => {
    const { socket, incoming } = started()
    incoming.settled = true
    incoming.handler.onEnd(true)
    await eventually(() => socket.writableFinished)
    expect(incoming.updates).toEqual([])
  })
})

describe('the proper end', () => {
  it('comes when both directions have ended and the far end has accepted', async () => {
    const { streams, socket, outgoing, incoming } = started()
    socket.peerEnds()
    incoming.handler.onEnd(false)
    await eventually(() => socket.closed && incoming.updates.length > 0)
    expect(streams.connectionsClosed).toBe(0)
    outgoing.handler.onState(ACCEPTED, true)
    expect(streams.connectionsClosed).toBe(1)
    expect(streams.lastError).toBeUndefined()
    expect(socket.reset).toBe(false)
  })
})

describe('a reset', () => {
  it('of the socket aborts its delivery and fails the other', async () => {
    const { streams, socket, outgoing, incoming } = started()
    socket.peerResets()
    await eventually(() => streams.connectionsClosed === 1)
    expect(outgoing.calls).toEqual(['abort'])
    expect(incoming.updates).toEqual([{ state: FAILED, settled: true }])
    expect(streams.lastError?.code).toBe('tcp/reset')
  })

  it('of the far end, as an abort, resets the socket', async () => {
    const { streams, socket, outgoing, incoming } = started()
    incoming.settled = true
    incoming.handler.onAborted()
    await eventually(() => streams.connectionsClosed === 1)
    expect(socket.reset).toBe(true)
    expect(outgoing.calls).toEqual(['abort'])
    expect(incoming.updates).toEqual([])
    expect(streams.lastError?.code).toBe('tcp/far-end-failed')
  })

  it.each([
    ['modified', FAILED],
    ['released', { kind: 'released' }],
    ['rejected', { kind: 'rejected' }],
    ['accepted too early', ACCEPTED],
  ] as const)('of the far end, as an outcome before the end (%s), waits for the last bytes', async (_, state) => {
    const { streams, socket, outgoing, incoming } = started()
    outgoing.handler.onState(state, false)
    expect(outgoing.calls).toEqual(['end settled'])
    incoming.handler.onData(Buffer.from('413 Content Too Large'))
    incoming.settled = true
    incoming.handler.onAborted()
    await eventually(() => streams.connectionsClosed === 1)
    expect(socket.received).toBe('413 Content Too Large')
    expect(socket.reset).toBe(true)
    expect(outgoing.calls).toEqual(['end settled'])
    expect(streams.lastError?.code).toBe('tcp/far-end-failed')
  })

  it('of a far end that does not end its own direction resets the socket after a while', () => {
    vi.useFakeTimers()
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const { socket, outgoing, incoming } = started()
    outgoing.handler.onState(FAILED, true)
    expect(socket.reset).toBe(false)
    vi.advanceTimersByTime(10_000)
    expect(socket.reset).toBe(true)
    expect(incoming.updates).toEqual([{ state: FAILED, settled: true }])
  })

  it('of the far end after its last byte closes the socket once that byte is out', async () => {
    const { streams, socket, outgoing, incoming } = started()
    socket.peerStopsReading()
    incoming.handler.onData(Buffer.from('413 Content Too Large'))
    incoming.settled = true
    incoming.handler.onEnd(true)
    outgoing.handler.onState(FAILED, true)
    expect(socket.destroyed).toBe(false)
    socket.peerReadsAgain()
    await eventually(() => streams.connectionsClosed === 1)
    expect(socket.reset).toBe(false)
    expect(socket.received).toBe('413 Content Too Large')
  })

  it('lets a paused delivery run out', () => {
    const { socket, incoming, stream } = started()
    socket.peerStopsReading()
    incoming.handler.onData(Buffer.alloc(4096))
    expect(incoming.paused).toBe(true)
    stream.destroy(new SkupperError('tcp/drained', 'test'))
    expect(incoming.paused).toBe(false)
  })
})

describe('a lost path', () => {
  it('resets the socket and fails the other direction', async () => {
    const { streams, socket, outgoing, incoming } = started()
    outgoing.handler.onLost()
    await eventually(() => streams.connectionsClosed === 1)
    expect(socket.reset).toBe(true)
    expect(outgoing.calls).toEqual([])
    expect(incoming.updates).toEqual([{ state: FAILED, settled: true }])
    expect(streams.lastError?.code).toBe('tcp/path-lost')
  })
})

describe('destroy', () => {
  it('ends everything once, also after an end that nobody has confirmed', async () => {
    const { streams, socket, outgoing, stream } = started()
    socket.peerEnds()
    await eventually(() => outgoing.calls.length > 0)
    stream.destroy(new SkupperError('tcp/drained', 'test'))
    stream.destroy(new SkupperError('tcp/other', 'test'))
    await eventually(() => streams.connectionsClosed === 1)
    expect(socket.reset).toBe(true)
    expect(outgoing.calls).toEqual(['end'])
    expect(streams.lastError?.code).toBe('tcp/drained')
  })
})
