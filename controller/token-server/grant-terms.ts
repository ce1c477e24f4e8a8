import type { AccessGrant } from '../../core/model/access-grant.ts'
import { parseDuration } from '../../core/model/duration.ts'

const DEFAULT_REDEMPTIONS = 1
const DEFAULT_EXPIRATION_WINDOW = '15m'

/** What a grant allows: redemptions, and the time it may be redeemed in from its first processing on. */
export interface GrantTerms {
  readonly redemptionsAllowed: number
  /** A duration such as "15m". */
  readonly expirationWindow: string
  readonly windowMs: number
}

/** The terms of a grant with the defaults of Skupper v2, where 0 redemptions also count as 1. */
export function grantTerms({ spec }: AccessGrant): GrantTerms {
  const { redemptionsAllowed = 0, expirationWindow = DEFAULT_EXPIRATION_WINDOW } = spec
  return {
    redemptionsAllowed: redemptionsAllowed === 0 ? DEFAULT_REDEMPTIONS : redemptionsAllowed,
    expirationWindow,
    windowMs: parseDuration(expirationWindow),
  }
}

/** Milliseconds since the epoch; undefined for a grant that was not processed, or whose time is unreadable. */
export function expiryOf({ status }: AccessGrant): number | undefined {
  const expiresAt = Date.parse(status?.expirationTime ?? '')
  return Number.isNaN(expiresAt) ? undefined : expiresAt
}
