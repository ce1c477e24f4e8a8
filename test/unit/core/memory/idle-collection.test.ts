import { describe, expect, it } from 'vitest'
import { IdleCollection } from '../../../../core/memory/idle-collection.ts'

const MB = 1024 * 1024

/** A heap whose figures the test sets; a collection leaves 10 MB. */
function playedHeap() {
  const heap = {
    heapBytes: 30 * MB,
    collections: 0,
    collectAll() {
      heap.collections++
      heap.heapBytes = 10 * MB
    },
  }
  const collection = new IdleCollection(heap)
  const ticks = (count: number, busy = 0): void => {
    for (let i = 0; i < count; i++) collection.tick(busy)
  }
  return { heap, ticks }
}

describe('the memory of a router', () => {
  it('is given back once, when the router has come to rest', () => {
    const { heap, ticks } = playedHeap()
    ticks(30)
    expect(heap.collections).toBe(1)
  })

  it('is left alone while the router works, and in a short pause', () => {
    const { heap, ticks } = playedHeap()
    for (let i = 0; i < 5; i++) {
      ticks(3, 0.5)
      ticks(9)
    }
    expect(heap.collections).toBe(0)
  })

  it('is given back again when there is enough of it', () => {
    const { heap, ticks } = playedHeap()
    ticks(10)
    heap.heapBytes = 15 * MB
    ticks(10)
    expect(heap.collections).toBe(1)
    heap.heapBytes = 17 * MB
    ticks(10)
    expect(heap.collections).toBe(2)
  })
})
