import { expect, test } from 'vitest'
import { CountedDelivery } from '../../../../../router/mesh/forward/counted-delivery.ts'
import { FakeIncoming } from '../../../../support/fake-deliveries.ts'
import { recordedReader } from '../../../../support/recorded-handlers.ts'

function counted() {
  const inner = new FakeIncoming()
  const state = { done: 0 }
  const delivery = new CountedDelivery(inner, () => state.done++)
  const reader = recordedReader()
  delivery.handler = reader
  return { inner, delivery, reader, state }
}

test('everything passes through', () => {
  const { inner, delivery, reader } = counted()
  inner.handler.onData(Buffer.from('a'))
  delivery.pause()
  expect(inner.paused).toBe(true)
  delivery.resume()
  expect(inner.paused).toBe(false)
  delivery.update({ kind: 'received', offset: 1 }, false)
  expect(inner.updates).toEqual([{ state: { kind: 'received', offset: 1 }, settled: false }])
  inner.settled = true
  expect(delivery.settled).toBe(true)
  expect(reader.calls).toEqual(['data a'])
})

test('it is a load until the reader settles it', () => {
  const { inner, delivery, state } = counted()
  inner.handler.onEnd(false)
  delivery.update({ kind: 'accepted' }, false)
  expect(state.done).toBe(0)
  delivery.update({ kind: 'accepted' }, true)
  delivery.update({ kind: 'accepted' }, true)
  expect(state.done).toBe(1)
})

test('or its sender has settled it', () => {
  const { inner, reader, state } = counted()
  inner.handler.onEnd(true)
  expect([state.done, reader.calls]).toEqual([1, ['end settled']])
})

test('or it is aborted', () => {
  const { inner, reader, state } = counted()
  inner.handler.onAborted()
  expect([state.done, reader.calls]).toEqual([1, ['aborted']])
})
