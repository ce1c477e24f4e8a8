import { expect, test } from 'vitest'
import { AttemptLimiter } from '../../../../controller/token-server/attempt-limiter.ts'

const MINUTE_MS = 60_000

function limiter(maxKeys = 10) {
  const clock = { now: 1_000_000 }
  return { clock, limiter: new AttemptLimiter({ burst: 2, perMinute: 6, maxKeys }, () => clock.now) }
}

test('allows a burst, says once that it is exceeded, and allows again as attempts come back', () => {
  const { clock, limiter: attempts } = limiter()
  const take = () => attempts.take('a')
  expect([take(), take(), take(), take()]).toEqual(['allowed', 'allowed', 'just-exceeded', 'exceeded'])
  clock.now += attempts.refillMs
  expect([take(), take(), take()]).toEqual(['allowed', 'just-exceeded', 'exceeded'])
  clock.now += MINUTE_MS
  expect([take(), take(), take()]).toEqual(['allowed', 'allowed', 'just-exceeded'])
})

test('keys do not share attempts, and what is given back can be taken again, up to the burst', () => {
  const { limiter: attempts } = limiter()
  attempts.giveBack('a')
  expect([attempts.take('a'), attempts.take('a'), attempts.take('a')]).toEqual(['allowed', 'allowed', 'just-exceeded'])
  expect(attempts.take('b')).toBe('allowed')
  attempts.giveBack('a')
  expect(attempts.take('a')).toBe('allowed')
})

test('a clock that is set back takes no attempts away', () => {
  const { clock, limiter: attempts } = limiter()
  attempts.take('a')
  clock.now -= MINUTE_MS
  expect(attempts.take('a')).toBe('allowed')
})

test('remembers a bounded number of keys and forgets the one longest unused', () => {
  const { limiter: attempts } = limiter(2)
  const exhaust = (key: string) => [attempts.take(key), attempts.take(key), attempts.take(key)]
  exhaust('a')
  exhaust('b')
  attempts.take('a')
  exhaust('c')
  expect(attempts.take('a')).toBe('exceeded')
  expect(attempts.take('b')).toBe('allowed')
})
