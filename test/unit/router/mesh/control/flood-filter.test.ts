import { expect, test } from 'vitest'
import { FloodFilter } from '../../../../../router/mesh/control/flood-filter.ts'

test('of several copies the first passes', () => {
  const filter = new FloodFilter()
  expect(filter.admit(Buffer.from('one'), 0)).toBe(true)
  expect(filter.admit(Buffer.from('one'), 1_000)).toBe(false)
  expect(filter.admit(Buffer.from('other'), 1_000)).toBe(true)
})

test('what is said again after a pause passes again', () => {
  const filter = new FloodFilter()
  filter.admit(Buffer.from('one'), 0)
  expect(filter.admit(Buffer.from('one'), 3_900)).toBe(true)
})

test('a storm of messages is not remembered for ever', () => {
  const filter = new FloodFilter()
  for (let at = 0; at < 10_001; at++) filter.admit(Buffer.from(String(at)), 0)
  expect(filter.admit(Buffer.from('0'), 0)).toBe(true)
  expect(filter.admit(Buffer.from('10000'), 0)).toBe(false)
})
