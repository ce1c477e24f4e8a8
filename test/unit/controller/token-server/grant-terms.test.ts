import { expect, test } from 'vitest'
import { expiryOf, grantTerms } from '../../../../controller/token-server/grant-terms.ts'
import { accessGrant } from '../../../support/access-grants.ts'

test('a grant is for one use within 15 minutes unless it says more; 0 uses count as one', () => {
  expect(grantTerms(accessGrant())).toEqual({ redemptionsAllowed: 1, expirationWindow: '15m', windowMs: 900_000 })
  expect(grantTerms(accessGrant({ redemptionsAllowed: 0 })).redemptionsAllowed).toBe(1)
  expect(grantTerms(accessGrant({ redemptionsAllowed: 7, expirationWindow: '1h30m' }))).toEqual({
    redemptionsAllowed: 7,
    expirationWindow: '1h30m',
    windowMs: 5_400_000,
  })
})

test('a grant without a readable time has no expiry, which is not one that never comes', () => {
  expect(expiryOf(accessGrant())).toBeUndefined()
  expect(expiryOf(accessGrant({}, { expirationTime: 'soon' }))).toBeUndefined()
  expect(expiryOf(accessGrant({}, { expirationTime: '2030-01-01T00:00:00Z' }))).toBe(Date.UTC(2030, 0, 1))
})
