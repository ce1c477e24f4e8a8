import { createHash, timingSafeEqual } from 'node:crypto'
import { MAX_REDEEMERS } from './grant-ledger.ts'
import type { GrantLedger } from './grant-ledger.ts'

/** A grant as far as the decision needs it. Times in milliseconds since the epoch. */
export interface GrantState {
  readonly ledger: GrantLedger
  readonly redemptionsAllowed: number
  /** Undefined until the grant was processed: nothing is given before. */
  readonly expiresAt: number | undefined
}

/** Who asks, with what. `keyHash` comes from a verified certificate request; without one the server makes the key. */
export interface RedemptionClaim {
  readonly code: string
  readonly subject: string
  readonly keyHash?: string | undefined
}

/** Why a claim is refused: told to the log, never to who asked. */
export type Refusal = 'wrong-code' | 'revoked' | 'not-processed' | 'expired' | 'used-up'

/** `issue`: a use is spent, and `ledger` must be stored before the answer. `reissue`: known key, nothing is spent. */
export type RedemptionOutcome =
  | { readonly kind: 'issue'; readonly ledger: GrantLedger }
  | { readonly kind: 'reissue' }
  | { readonly kind: 'refuse'; readonly reason: Refusal }

/**
 * Whether a grant is redeemed at `now`. A key that redeemed it before gets its certificate again after the expiry and
 * beyond the uses; for any other key those limits hold. A claimed subject plays no part.
 */
export function decideRedemption(grant: GrantState, claim: RedemptionClaim, now: number): RedemptionOutcome {
  const { ledger } = grant
  if (!codeMatches(ledger, claim.code)) return refuse('wrong-code')
  const known = ledger.redeemers.find(({ keyHash }) => keyHash === claim.keyHash)
  if (known !== undefined) return known.revoked === true ? refuse('revoked') : { kind: 'reissue' }
  if (ledger.closed === true) return refuse('revoked')
  if (grant.expiresAt === undefined) return refuse('not-processed')
  if (now >= grant.expiresAt) return refuse('expired')
  if (ledger.redemptions >= grant.redemptionsAllowed) return refuse('used-up')
  return { kind: 'issue', ledger: spent(ledger, claim, now) }
}

/** Compares in constant time: hashes have one length whatever the codes have. */
export function codeMatches(ledger: GrantLedger, code: string): boolean {
  return timingSafeEqual(sha256(ledger.code), sha256(code))
}

function spent(ledger: GrantLedger, { keyHash, subject }: RedemptionClaim, now: number): GrantLedger {
  const at = new Date(now).toISOString()
  const redeemers = keyHash === undefined ? ledger.redeemers : [...ledger.redeemers, { keyHash, subject, at }]
  return { ...ledger, redemptions: ledger.redemptions + 1, redeemers: redeemers.slice(-MAX_REDEEMERS) }
}

function refuse(reason: Refusal): RedemptionOutcome {
  return { kind: 'refuse', reason }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
