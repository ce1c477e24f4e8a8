import { expect, test } from 'vitest'
import { isMulticast, TREATMENT, treatmentOf, Treatments } from '../../../../router/mesh/treatments.ts'

test('mc/… is multicast unless a rule says otherwise', () => {
  const treatments = new Treatments()
  expect(treatments.of('mc/sfe.all')).toBe(TREATMENT.multicast)
  expect(treatments.of('amqp:/mc/x')).toBe(TREATMENT.multicast)
  expect(treatments.of('mcx')).toBeUndefined()
  treatments.add({ prefix: 'mc/quiet', treatment: TREATMENT.unavailable })
  expect(treatments.of('mc/quiet/one')).toBe(TREATMENT.unavailable)
  expect(treatments.of('mc/loud')).toBe(TREATMENT.multicast)
})

test('a prefix covers the words below it', () => {
  const treatments = new Treatments()
  const rule = { prefix: 'orders', treatment: TREATMENT.closest }
  treatments.add(rule)
  expect(treatments.of('orders')).toBe(TREATMENT.closest)
  expect(treatments.of('orders.eu')).toBe(TREATMENT.closest)
  expect(treatments.of('ordersx')).toBeUndefined()
  treatments.remove(rule)
  expect(treatments.of('orders')).toBeUndefined()
})

test.each([
  ['a/*/c', 'a/b/c', true],
  ['a/*/c', 'a/b/b/c', false],
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['#/z', 'a/b/z', true],
  ['#/z', 'z', true],
  ['#/z', 'z/a', false],
])('pattern %s and address %s: %s', (pattern, address, matches) => {
  const treatments = new Treatments()
  treatments.add({ pattern, treatment: TREATMENT.closest })
  expect(treatments.of(address) === TREATMENT.closest).toBe(matches)
})

test('numbers from the wire', () => {
  expect(treatmentOf(0)).toBe(TREATMENT.flood)
  expect(treatmentOf(99)).toBe(TREATMENT.balanced)
  expect(isMulticast(treatmentOf(1))).toBe(true)
  expect(isMulticast(treatmentOf(2))).toBe(false)
})
