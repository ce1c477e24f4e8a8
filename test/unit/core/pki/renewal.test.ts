import { expect, test } from 'vitest'
import { renewAt } from '../../../../core/pki/renewal.ts'

test('a certificate is renewed after two thirds of its life, or after the part that is asked for', () => {
  expect(renewAt({ notBefore: 1000, notAfter: 4000 })).toBe(3000)
  expect(renewAt({ notBefore: 1000, notAfter: 4000 }, 0.5)).toBe(2500)
  expect(renewAt({ notBefore: 1000, notAfter: 1000 })).toBe(1000)
})
