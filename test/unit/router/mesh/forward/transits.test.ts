import { expect, test } from 'vitest'
import { Transits } from '../../../../../router/mesh/forward/transits.ts'

test('with none under way there is nothing to wait for', async () => {
  expect(await new Transits().idle(60_000)).toBe(true)
})

test('the wait is over when the last stream is', async () => {
  const transits = new Transits()
  transits.add()
  transits.add()
  const idle = transits.idle(60_000)
  transits.remove()
  transits.remove()
  expect(await idle).toBe(true)
})

test('who waits no longer is told that some are left', async () => {
  const transits = new Transits()
  transits.add()
  expect(await transits.idle(1)).toBe(false)
})
