import { expect, test } from 'vitest'
import { ControllerReadiness } from '../../../../controller/kubernetes/controller-readiness.ts'

const START = Date.parse('2026-11-23T08:00:00Z')

function controller() {
  const clock = { now: START }
  return { clock, readiness: new ControllerReadiness(() => clock.now) }
}

test('a controller is ready while it stands by, and not if it cannot begin when it leads', () => {
  const { clock, readiness } = controller()
  expect(readiness.obstacle).toBeUndefined()
  readiness.begins()
  expect(readiness.obstacle).toBeUndefined()
  clock.now += 16_000
  expect(readiness.obstacle).toBe('it could not read yet what there is in the namespace')
  readiness.works(() => undefined)
  expect(readiness.obstacle).toBeUndefined()
})

test('a controller that hears nothing for a minute is not ready, and says since when', () => {
  const { clock, readiness } = controller()
  readiness.works(() => new Date(START))
  clock.now += 60_000
  expect(readiness.obstacle).toBeUndefined()
  clock.now += 1
  expect(readiness.obstacle).toBe('nothing was heard of the API server since 2026-11-23T08:00:00.000Z')
  readiness.stands()
  expect(readiness.obstacle).toBeUndefined()
})
