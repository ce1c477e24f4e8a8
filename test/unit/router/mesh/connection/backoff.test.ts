import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Backoff } from '../../../../../router/mesh/connection/backoff.ts'

test('waits double up to the limit and start again after a reset', () => {
  const backoff = new Backoff({ firstMs: 100, maxMs: 1000, random: () => 1 })
  expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000])
  backoff.reset()
  expect(backoff.next()).toBe(100)
})

test('chance takes away at most half', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 2000 }), (chance, tries) => {
      const backoff = new Backoff({ firstMs: 200, maxMs: 3000, random: () => chance })
      const waits = Array.from({ length: tries }, () => backoff.next())
      const last = waits.at(-1) ?? 0
      return last >= 100 && last <= 3000 && waits.every(Number.isFinite)
    }),
  )
})
