import { expect, test } from 'vitest'
import { AdvertisementSchedule } from '../../../../../router/mesh/control/advertisement-schedule.ts'
import { DEFAULT_TIMERS } from '../../../../../router/mesh/control/control-link.ts'

const schedule = (random = 0) => new AdvertisementSchedule(DEFAULT_TIMERS, () => random)

test('it is due at first, and then every 30 seconds', () => {
  const quiet = schedule()
  expect(quiet.isDue(0)).toBe(true)
  quiet.sent(0)
  expect(quiet.isDue(29_999)).toBe(false)
  expect(quiet.isDue(30_000)).toBe(true)
})

test('after a change of topology it is due every 4 seconds, for 8 seconds', () => {
  const busy = schedule()
  busy.sent(0)
  busy.topologyChanged(1_000)
  expect(busy.isDue(4_999)).toBe(false)
  expect(busy.isDue(5_000)).toBe(true)
  busy.sent(5_000)
  expect(busy.isDue(9_000)).toBe(true)
  busy.sent(9_000)
  expect(busy.isDue(38_999)).toBe(false)
  expect(busy.isDue(39_000)).toBe(true)
})

test('chance shortens the pause a little', () => {
  const early = schedule(0.999)
  early.sent(0)
  expect(early.isDue(27_100)).toBe(true)
  expect(early.isDue(26_900)).toBe(false)
})

test('a burst of changes is cut off until the next tick', () => {
  const burst = schedule()
  const taken = Array.from({ length: 20 }, () => burst.takeChange()).filter(Boolean)
  expect(taken.length).toBeLessThan(10)
  expect(burst.takeChange()).toBe(false)
  burst.tick()
  expect(burst.takeChange()).toBe(true)
})
