import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideRedemption } from '../../../../controller/token-server/decide-redemption.ts'
import type { GrantState } from '../../../../controller/token-server/decide-redemption.ts'
import { MAX_REDEEMERS } from '../../../../controller/token-server/grant-ledger.ts'
import type { Redeemer } from '../../../../controller/token-server/grant-ledger.ts'

const NOW = Date.UTC(2030, 0, 1)
const code = 'the-code'
const keyHash = 'a'.repeat(64)
const otherKey = 'b'.repeat(64)
const at = new Date(NOW).toISOString()
const redeemer: Redeemer = { keyHash, subject: 'east', at }

function grant(changes: Partial<GrantState['ledger'] & Omit<GrantState, 'ledger'>> = {}): GrantState {
  const { redemptionsAllowed = 1, redemptions = 0, redeemers = [], closed = false } = changes
  const expiresAt = 'expiresAt' in changes ? changes.expiresAt : NOW + 1
  return { ledger: { code, redemptions, redeemers, ...(closed ? { closed } : {}) }, redemptionsAllowed, expiresAt }
}

const claim = { code, subject: 'east', keyHash }

describe('decideRedemption', () => {
  test('issues to a new key and notes it with the use', () => {
    expect(decideRedemption(grant(), claim, NOW)).toEqual({
      kind: 'issue',
      ledger: { code, redemptions: 1, redeemers: [redeemer] },
    })
  })

  test('issues without a key of the claimer: the use alone is noted', () => {
    expect(decideRedemption(grant(), { code, subject: 'east' }, NOW)).toEqual({
      kind: 'issue',
      ledger: { code, redemptions: 1, redeemers: [] },
    })
  })

  test('issues again to a known key, after the expiry and beyond the uses', () => {
    const spent = grant({ redemptions: 1, redeemers: [redeemer], expiresAt: NOW - 1 })
    expect(decideRedemption(spent, claim, NOW)).toEqual({ kind: 'reissue' })
  })

  test('spends a further use on another key under the same name', () => {
    const outcome = decideRedemption(
      grant({ redemptionsAllowed: 2, redemptions: 1, redeemers: [redeemer] }),
      { ...claim, keyHash: otherKey },
      NOW,
    )
    expect(outcome).toMatchObject({ kind: 'issue', ledger: { redemptions: 2 } })
  })

  test.each([
    ['wrong-code', grant(), { ...claim, code: 'the-Code' }],
    ['wrong-code', grant(), { ...claim, code: '' }],
    ['wrong-code', grant({ redemptions: 1, redeemers: [redeemer] }), { ...claim, code: 'x' }],
    ['revoked', grant({ closed: true }), claim],
    ['not-processed', grant({ expiresAt: undefined }), claim],
    ['expired', grant({ expiresAt: NOW }), claim],
    ['used-up', grant({ redemptions: 1 }), claim],
    ['used-up', grant({ redemptions: 1, redeemers: [redeemer] }), { ...claim, keyHash: otherKey }],
    ['used-up', grant({ redemptions: 1, redeemers: [redeemer] }), { code, subject: 'east' }],
    ['revoked', grant({ redemptionsAllowed: 5, redeemers: [{ ...redeemer, revoked: true }] }), claim],
  ])('refuses: %s', (reason, state, asked) => {
    expect(decideRedemption(state, asked, NOW)).toEqual({ kind: 'refuse', reason })
  })

  test('forgets the oldest key where there are too many', () => {
    const redeemers = Array.from({ length: MAX_REDEEMERS }, () => ({ ...redeemer, keyHash: otherKey }))
    const outcome = decideRedemption(
      grant({ redemptionsAllowed: 5000, redemptions: MAX_REDEEMERS, redeemers }),
      claim,
      NOW,
    )
    expect(outcome.kind === 'issue' && outcome.ledger.redeemers.length).toBe(MAX_REDEEMERS)
    expect(outcome.kind === 'issue' && outcome.ledger.redeemers.at(-1)).toEqual(redeemer)
  })

  test('never gives more uses than allowed, whoever asks in whatever order', () => {
    const keys = fc.constantFrom(undefined, keyHash, otherKey, 'c'.repeat(64))
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 30 }), fc.nat(5), (claims, redemptionsAllowed) => {
        let state = grant({ redemptionsAllowed })
        for (const key of claims) {
          const outcome = decideRedemption(state, { code, subject: 's', keyHash: key }, NOW)
          if (outcome.kind === 'issue') state = { ...state, ledger: outcome.ledger }
        }
        expect(state.ledger.redemptions).toBeLessThanOrEqual(redemptionsAllowed)
        expect(new Set(state.ledger.redeemers.map((known) => known.keyHash)).size).toBe(state.ledger.redeemers.length)
      }),
    )
  })
})
