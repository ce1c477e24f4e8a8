import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fifo } from '../../../../router/amqp/fifo.ts'

test('it gives back what it got in order, like an array, whatever is done in between', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('push' as const), item: fc.nat(20) }),
    fc.record({ do: fc.constantFrom('shift' as const, 'clear' as const), item: fc.constant(0) }),
    fc.record({ do: fc.constant('remove' as const), item: fc.nat(20) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
      const fifo = new Fifo<number>()
      const array: number[] = []
      for (const { do: action, item } of steps) {
        if (action === 'push') {
          fifo.push(item)
          array.push(item)
        } else if (action === 'shift') {
          expect(fifo.shift()).toBe(array.shift())
        } else if (action === 'remove') {
          fifo.remove(item)
          const at = array.indexOf(item)
          if (at >= 0) array.splice(at, 1)
        } else if (array.length > 100) {
          fifo.clear()
          array.length = 0
        }
        expect(fifo.length).toBe(array.length)
        expect(fifo.first).toBe(array[0])
      }
      expect([...fifo]).toEqual(array)
    }),
  )
})

test('a long queue is emptied in order', () => {
  const fifo = new Fifo<number>()
  for (let i = 0; i < 1000; i++) fifo.push(i)
  for (let i = 0; i < 1000; i++) expect(fifo.shift()).toBe(i)
  expect(fifo.shift()).toBeUndefined()
})
