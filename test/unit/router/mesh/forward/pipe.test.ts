import { expect, test } from 'vitest'
import { pipe } from '../../../../../router/mesh/forward/pipe.ts'
import { FakeIncoming, FakeOutgoing } from '../../../../support/fake-deliveries.ts'
import { stateText } from '../../../../support/recorded-handlers.ts'

function piped() {
  const source = new FakeIncoming()
  const sink = new FakeOutgoing()
  pipe(source, sink)
  return { source, sink, updates: () => source.updates.map(({ state, settled }) => stateText(state, settled)) }
}

test('bytes and the end run from source to sink', () => {
  const { source, sink } = piped()
  source.handler.onData(Buffer.from('abc'))
  source.handler.onEnd(false)
  expect(sink.text).toBe('abc')
  expect(sink.calls).toEqual(['end'])
})

test('a source that ends settled ends the sink settled', () => {
  const { source, sink } = piped()
  source.handler.onEnd(true)
  expect(sink.calls).toEqual(['end settled'])
})

test('a sink that takes no more pauses the source until it drains', () => {
  const { source, sink } = piped()
  sink.takesMore = false
  source.handler.onData(Buffer.from('a'))
  expect(source.paused).toBe(true)
  sink.handler.onDrain()
  expect(source.paused).toBe(false)
})

test('dispositions run back as they are', () => {
  const { sink, updates } = piped()
  sink.handler.onState({ kind: 'received', offset: 521216 }, false)
  sink.handler.onState({ kind: 'modified', deliveryFailed: true, undeliverableHere: false }, true)
  expect(updates()).toEqual(['received 521216', 'modified settled'])
})

test('a settlement without state confirms the outcome before it', () => {
  const { sink, updates } = piped()
  sink.handler.onState({ kind: 'released' }, false)
  sink.handler.onState(undefined, true)
  expect(updates()).toEqual(['released', 'released settled'])
})

test('a settled delivery lets its sender finish even if it was paused', () => {
  const { source, sink } = piped()
  sink.takesMore = false
  source.handler.onData(Buffer.from('a'))
  sink.handler.onState({ kind: 'accepted' }, true)
  expect(source.paused).toBe(false)
})

test('an abort is passed on', () => {
  const { source, sink } = piped()
  source.handler.onAborted()
  expect(sink.calls).toEqual(['abort'])
})

test('when the way on is lost the source gets released and what still comes is dropped', () => {
  const { source, sink, updates } = piped()
  sink.takesMore = false
  source.handler.onData(Buffer.from('a'))
  sink.handler.onLost()
  expect(updates()).toEqual(['released'])
  expect(source.paused).toBe(false)
  source.handler.onData(Buffer.from('b'))
  source.handler.onEnd(false)
  expect(updates()).toEqual(['released', 'released settled'])
  expect(sink.text).toBe('a')
  expect(sink.calls).toEqual([])
})

test('what has ended is given back and settled at once when the way on is lost', () => {
  const { source, sink, updates } = piped()
  source.handler.onEnd(false)
  sink.handler.onLost()
  expect(updates()).toEqual(['released settled'])
})

test('a source that is settled gets no dispositions', () => {
  const { source, sink, updates } = piped()
  source.settled = true
  sink.handler.onState({ kind: 'accepted' }, true)
  sink.handler.onLost()
  expect(updates()).toEqual([])
})
