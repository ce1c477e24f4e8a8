import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatDuration, isDuration, parseDuration } from '../../../../core/model/duration.ts'

it.each([
  ['15m', 900_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['1m0.5s', 60_500],
  ['100ms', 100],
  ['250us', 0.25],
  ['250µs', 0.25],
  ['1000000ns', 1],
  ['0', 0],
  ['0s', 0],
  ['24h', 86_400_000],
])('reads %s', (text, milliseconds) => {
  expect(parseDuration(text)).toBeCloseTo(milliseconds, 6)
})

it.each(['', '15', '15 m', 'm', '-1m', '+1m', '1d', '1h 30m', '.s', '1m!', '1e3s', '9999999999999h', 's'.repeat(99)])(
  'refuses %j',
  (text) => {
    expect(isDuration(text)).toBe(false)
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'duration/invalid', given: text }))
  },
)

it.each([
  [0, '0s'],
  [900_000, '15m'],
  [5_400_000, '1h30m'],
  [1500, '1.5s'],
  [3_601_000, '1h1s'],
])('writes %i as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})

it('reads what it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), (milliseconds) => {
      expect(parseDuration(formatDuration(milliseconds))).toBeCloseTo(milliseconds, 3)
    }),
  )
})
