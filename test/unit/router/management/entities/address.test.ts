import { expect, test } from 'vitest'
import { addressType } from '../../../../../router/management/entities/address.ts'
import { Treatments } from '../../../../../router/mesh/treatments.ts'

test('a rule holds from CREATE to DELETE', async () => {
  const treatments = new Treatments()
  const type = addressType(treatments)
  const rule = await type.create?.(undefined, { prefix: 'news', distribution: 'multicast' })
  expect(treatments.of('news/today')).toBe(1)
  if (rule !== undefined) await type.delete?.(rule)
  expect(treatments.of('news/today')).toBeUndefined()
})

test('a pattern may be given instead of a prefix', async () => {
  const treatments = new Treatments()
  await addressType(treatments).create?.('logs', { pattern: 'logs.*', distribution: 'closest' })
  expect(treatments.of('logs.a')).toBe(2)
  expect(treatments.of('logs.a.b')).toBeUndefined()
})

test.each([
  ['neither prefix nor pattern', { distribution: 'multicast' }, 'config/invalid-attribute'],
  ['both', { prefix: 'a', pattern: 'a', distribution: 'multicast' }, 'config/invalid-attribute'],
  ['a priority', { prefix: 'a', priority: 3 }, 'config/not-supported'],
])('%s is refused', async (_title, attributes, code) => {
  await expect(addressType(new Treatments()).create?.('a', attributes)).rejects.toMatchObject({ code })
})
