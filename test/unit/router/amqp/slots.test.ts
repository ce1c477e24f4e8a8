import { expect, test } from 'vitest'
import { Slots } from '../../../../router/amqp/slots.ts'

test('numbers are given out from 0 on, and given back ones first', () => {
  const slots = new Slots()
  expect([slots.take(), slots.take(), slots.take()]).toEqual([0, 1, 2])
  slots.give(1)
  expect(slots.taken).toBe(2)
  expect([slots.take(), slots.take()]).toEqual([1, 3])
  expect(slots.taken).toBe(4)
})
