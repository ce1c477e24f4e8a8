import { expect, test } from 'vitest'
import { LineLimit } from '../../../../core/model/line-limit.ts'

const LIMITS = { burst: 2, perMinute: 6 }

function limitAt(clock: { now: number }) {
  const lines: (number | undefined)[] = []
  const limit = new LineLimit(() => clock.now, LIMITS)
  const say = (): void => {
    limit.line(({ unsaid }) => lines.push(unsaid))
  }
  return { lines, say }
}

test('as many lines as may come at once are written, the next ones are not', () => {
  const { lines, say } = limitAt({ now: 0 })
  for (let n = 0; n < 5; n++) say()
  expect(lines).toEqual([undefined, undefined])
})

test('lines come back with time, and the first of them tells how many were held back', () => {
  const clock = { now: 0 }
  const { lines, say } = limitAt(clock)
  for (let n = 0; n < 5; n++) say()
  clock.now = 10_000
  say()
  clock.now = 20_000
  say()
  expect(lines).toEqual([undefined, undefined, 3, undefined])
})

test('no more than the burst comes back, however long it was quiet', () => {
  const clock = { now: 0 }
  const { lines, say } = limitAt(clock)
  clock.now = 3_600_000
  for (let n = 0; n < 5; n++) say()
  expect(lines).toHaveLength(2)
})

test('a clock that is set back takes nothing away', () => {
  const clock = { now: 1_000_000 }
  const { lines, say } = limitAt(clock)
  clock.now = 0
  for (let n = 0; n < 3; n++) say()
  clock.now = 10_000
  say()
  expect(lines).toEqual([undefined, undefined, 1])
})
