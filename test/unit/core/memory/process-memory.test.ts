import { expect, it } from 'vitest'
import { ProcessMemory } from '../../../../core/memory/process-memory.ts'

const MB = 1024 * 1024

it('buffers that nobody has are freed with the young part of the heap', () => {
  const memory = new ProcessMemory()
  memory.collectYoung()
  const before = memory.bufferBytes
  for (let i = 0; i < 32; i++) Buffer.allocUnsafeSlow(MB)
  expect(memory.bufferBytes).toBeGreaterThanOrEqual(before + 16 * MB)
  memory.collectYoung()
  expect(memory.bufferBytes).toBeLessThan(before + 4 * MB)
})

it('what has grown old is freed with the whole heap', () => {
  const memory = new ProcessMemory()
  let held: unknown[] | undefined = Array.from({ length: 200_000 }, (_, i) => ({ i }))
  memory.collectYoung()
  memory.collectYoung()
  const before = memory.heapBytes
  expect(held).toHaveLength(200_000)
  held = undefined
  memory.collectAll()
  expect(memory.heapBytes).toBeLessThan(before - 4 * MB)
})

it('says what share of a processor the process takes', () => {
  const memory = new ProcessMemory()
  const until = performance.now() + 30
  while (performance.now() < until);
  expect(memory.busy()).toBeGreaterThan(0)
})
