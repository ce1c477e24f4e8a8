import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MinHeap } from '../../../../../router/mesh/control/min-heap.ts'

test('gives its numbers in order, whatever order they came in', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = new MinHeap()
      for (const number of numbers) heap.push(number)
      const taken = numbers.map(() => heap.pop())
      expect(taken).toEqual([...numbers].sort((a, b) => a - b))
      expect(heap.pop()).toBeUndefined()
    }),
  )
})
