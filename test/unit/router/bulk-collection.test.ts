import { describe, expect, it, vi } from 'vitest'
import { BulkCollection } from '../../../router/bulk-collection.ts'

const MB = 1024 * 1024

/** Buffers whose size the test sets; a collection leaves 2 MB. */
function playedBuffers() {
  const buffers = {
    bufferBytes: 2 * MB,
    collections: 0,
    collectYoung() {
      buffers.collections++
      buffers.bufferBytes = 2 * MB
    },
  }
  return { buffers, collection: new BulkCollection(buffers) }
}

describe('buffers of bulk data', () => {
  it('are collected for every 8 MB that come', () => {
    const { buffers, collection } = playedBuffers()
    collection.look()
    for (let mb = 0; mb < 80; mb++) {
      buffers.bufferBytes += MB
      collection.look()
    }
    expect(buffers.collections).toBe(10)
  })

  it('that are in use are not looked through again and again', () => {
    const { buffers, collection } = playedBuffers()
    collection.look()
    buffers.collectYoung = () => {
      buffers.collections++
    }
    buffers.bufferBytes = 100 * MB
    for (let i = 0; i < 50; i++) collection.look()
    expect(buffers.collections).toBe(1)
  })

  it('count from what is left after V8 has collected by itself', () => {
    const { buffers, collection } = playedBuffers()
    buffers.bufferBytes = 7 * MB
    collection.look()
    buffers.bufferBytes = MB
    collection.look()
    buffers.bufferBytes = 8 * MB
    collection.look()
    expect(buffers.collections).toBe(0)
    buffers.bufferBytes = 9 * MB
    collection.look()
    expect(buffers.collections).toBe(1)
  })

  it('are looked at while the router works, not while it rests', () => {
    vi.useFakeTimers()
    const { buffers, collection } = playedBuffers()
    const run = (busy: number): number => {
      const before = buffers.collections
      collection.tick(busy)
      for (let i = 0; i < 100; i++) {
        buffers.bufferBytes += MB
        vi.advanceTimersByTime(10)
      }
      return buffers.collections - before
    }
    expect(run(0.01)).toBe(0)
    expect(run(0.5)).toBeGreaterThan(10)
    expect(run(0.5)).toBeGreaterThan(10)
    expect(run(0.01)).toBe(0)
    vi.useRealTimers()
  })
})
