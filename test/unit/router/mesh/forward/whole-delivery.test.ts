import { expect, test } from 'vitest'
import { MAX_WHOLE_BYTES, WholeDelivery } from '../../../../../router/mesh/forward/whole-delivery.ts'
import { FakeIncoming } from '../../../../support/fake-deliveries.ts'
import { stateText } from '../../../../support/recorded-handlers.ts'

function collected() {
  const delivery = new FakeIncoming()
  const wholes: string[] = []
  new WholeDelivery(delivery, (bytes) => wholes.push(bytes.toString()))
  return { delivery, wholes, updates: () => delivery.updates.map(({ state, settled }) => stateText(state, settled)) }
}

test('bytes are handed on together at the end, and accepted', () => {
  const { delivery, wholes, updates } = collected()
  delivery.handler.onData(Buffer.from('a'))
  delivery.handler.onData(Buffer.from('b'))
  expect(wholes).toEqual([])
  delivery.handler.onEnd(false)
  expect(wholes).toEqual(['ab'])
  expect(updates()).toEqual(['accepted settled'])
})

test('a settled delivery is not answered', () => {
  const { delivery, wholes, updates } = collected()
  delivery.settled = true
  delivery.handler.onEnd(true)
  expect([wholes, updates()]).toEqual([[''], []])
})

test('an aborted one is forgotten', () => {
  const { delivery, wholes } = collected()
  delivery.handler.onData(Buffer.from('a'))
  delivery.handler.onAborted()
  expect(wholes).toEqual([])
})

test('one that is too long is rejected once, and its rest dropped', () => {
  const { delivery, wholes, updates } = collected()
  delivery.handler.onData(Buffer.alloc(MAX_WHOLE_BYTES))
  expect(updates()).toEqual([])
  delivery.handler.onData(Buffer.alloc(1))
  delivery.handler.onData(Buffer.alloc(1))
  delivery.handler.onEnd(false)
  expect(updates()).toEqual(['rejected settled'])
  expect(wholes).toEqual([])
})
