import { expect, test } from 'vitest'
import { RestartBackoff } from '../../../../controller/router/restart-backoff.ts'

const TIMES = { first: 100, longest: 1000, stable: 5000 }

test('waits double with every early end, up to the longest', () => {
  const backoff = new RestartBackoff(TIMES, () => 0)
  expect([1, 2, 3, 4, 5, 6].map(() => backoff.waitAfter(10))).toEqual([100, 200, 400, 800, 1000, 1000])
})

test('after a stable run the first wait comes again', () => {
  const backoff = new RestartBackoff(TIMES, () => 0)
  backoff.waitAfter(10)
  backoff.waitAfter(10)
  expect(backoff.waitAfter(TIMES.stable)).toBe(100)
  expect(backoff.waitAfter(10)).toBe(200)
})

test('chance takes away at most half of a wait', () => {
  expect(new RestartBackoff(TIMES, () => 1).waitAfter(10)).toBe(50)
  expect(new RestartBackoff(TIMES, () => 0.5).waitAfter(10)).toBe(75)
})

test('a wait stays bounded after very many early ends', () => {
  const backoff = new RestartBackoff(TIMES, () => 0)
  for (let i = 0; i < 5000; i++) backoff.waitAfter(0)
  expect(backoff.waitAfter(0)).toBe(1000)
})
