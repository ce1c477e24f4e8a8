import { expect, test } from 'vitest'
import { lifetimeFrom, renewAt } from '../../../../core/pki/renewal.ts'

test('a certificate is renewed after two thirds of its life, or after the part that is asked for', () => {
  expect(renewAt({ notBefore: 1000, notAfter: 4000 })).toBe(3000)
  expect(renewAt({ notBefore: 1000, notAfter: 4000 }, 0.5)).toBe(2500)
  expect(renewAt({ notBefore: 1000, notAfter: 1000 })).toBe(1000)
})

test('a certificate begins ten minutes before it is made, a short one less, so that it is not due at once', () => {
  const minutes = (count: number) => count * 60_000
  expect(lifetimeFrom(minutes(60), minutes(600))).toEqual({ notBefore: minutes(50), notAfter: minutes(660) })
  const short = lifetimeFrom(minutes(60), minutes(1))
  expect(short).toEqual({ notBefore: minutes(59.9), notAfter: minutes(61) })
  expect(renewAt(short)).toBeGreaterThan(minutes(60))
})
