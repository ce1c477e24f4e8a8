import { expect, test } from 'vitest'
import { ledgerSecret, readLedger } from '../../../../controller/token-server/grant-ledger.ts'
import { secretData, secretText } from '../../../../core/model/secret.ts'
import { accessGrant, GRANT_UID } from '../../../support/access-grants.ts'

const ledger = {
  code: 'geheim-ü',
  redemptions: 2,
  redeemers: [{ keyHash: 'a'.repeat(64), subject: 'east', at: '2030-01-01T00:00:00.000Z' }],
}

test('a ledger survives its Secret, which has the code where others look for it', () => {
  const secret = ledgerSecret(accessGrant(), ledger)
  expect(secret.metadata.name).toBe('east-code')
  expect(secret.metadata.labels).toEqual({ 'internal.skupper.io/grant': GRANT_UID })
  expect(secretText(secret, 'code')).toBe('geheim-ü')
  expect(readLedger(secret)).toEqual(ledger)
})

test('what a store keeps in the metadata of the Secret stays', () => {
  const stored = {
    ...ledgerSecret(accessGrant(), ledger),
    metadata: { name: 'east-code', uid: 'u-1', resourceVersion: '7' },
  }
  expect(ledgerSecret(accessGrant(), ledger, stored).metadata).toMatchObject({ uid: 'u-1', resourceVersion: '7' })
})

test('a Secret with a code alone is a ledger with nothing redeemed', () => {
  const secret = { ...ledgerSecret(accessGrant(), ledger), data: secretData({ code: 'x' }) }
  expect(readLedger(secret)).toEqual({ code: 'x', redemptions: 0, redeemers: [] })
})

test.each([
  {},
  { code: '' },
  { code: 'x', redemptions: 'many' },
  { code: 'x', redemptions: '-1' },
  { code: 'x', redemptions: '1.5' },
  { code: 'x', redeemers: '{' },
  { code: 'x', redeemers: '{}' },
  { code: 'x', redeemers: '[{"keyHash":"short","subject":"s","at":"t"}]' },
])('refuses a ledger like %j', (texts) => {
  const secret = { ...ledgerSecret(accessGrant(), ledger), data: secretData(texts) }
  expect(() => readLedger(secret)).toThrow(expect.objectContaining({ code: 'grant/broken-ledger' }) as Error)
})
