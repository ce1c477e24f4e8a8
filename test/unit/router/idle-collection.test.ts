import { describe, expect, it } from 'vitest'
import { IdleCollection, processMemory } from '../../../router/idle-collection.ts'

const MB = 1024 * 1024

/** A process whose figures the test sets; a collection leaves 10 MB. */
function playedProcess() {
  const played = { heap: 30 * MB, load: 0, collections: 0 }
  const collection = new IdleCollection({
    heapBytes: () => played.heap,
    busy: () => played.load,
    collect: () => {
      played.collections++
      played.heap = 10 * MB
    },
  })
  const ticks = (count: number): void => {
    for (let i = 0; i < count; i++) collection.tick()
  }
  return { played, ticks }
}

describe('the memory of a router', () => {
  it('is given back once, when the router has come to rest', () => {
    const { played, ticks } = playedProcess()
    ticks(30)
    expect(played.collections).toBe(1)
  })

  it('is left alone while the router works, and in a short pause', () => {
    const { played, ticks } = playedProcess()
    for (let i = 0; i < 5; i++) {
      played.load = 0.5
      ticks(3)
      played.load = 0
      ticks(9)
    }
    expect(played.collections).toBe(0)
  })

  it('is given back again when there is enough of it', () => {
    const { played, ticks } = playedProcess()
    ticks(10)
    played.heap = 15 * MB
    ticks(10)
    expect(played.collections).toBe(1)
    played.heap = 17 * MB
    ticks(10)
    expect(played.collections).toBe(2)
  })

  it('of this process can be asked for and collected', () => {
    const memory = processMemory()
    expect(memory.heapBytes()).toBeGreaterThan(MB)
    expect(memory.busy()).toBeGreaterThanOrEqual(0)
    memory.collect()
    expect(memory.busy()).toBeGreaterThan(0)
  })
})
