import { expect, test } from 'vitest'
import { Farewell } from '../../../../../router/mesh/connection/farewell.ts'

test('a connection closes once it has carried nothing for a while, and not before', () => {
  let now = 0
  let closed = 0
  const farewell = new Farewell({ close: () => (closed += 1) }, () => now)
  const check = (at: number, isBusy: boolean): number => {
    now = at
    farewell.check(isBusy)
    return closed
  }
  expect(check(1_000, false)).toBe(0)
  expect(check(60_000, true)).toBe(0)
  expect(check(64_000, false)).toBe(0)
  expect(check(65_001, false)).toBe(1)
})
