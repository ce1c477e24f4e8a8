import { randomInt } from 'node:crypto'
import type { AccessGrant } from '../../core/model/access-grant.ts'
import { withCondition, withReady } from '../../core/model/condition.ts'
import { expiryOf, grantTerms } from './grant-terms.ts'
import type { GrantLedger } from './grant-ledger.ts'

const REQUIRED = ['Processed', 'Resolved'] as const
const TRUE = { status: 'True', reason: 'Ready' } as const
const PENDING = { status: 'False', reason: 'Pending' } as const
const REFUSED = { status: 'False', reason: 'Error' } as const
const CODE_LENGTH = 24
const CODE_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Where tokens of this site are redeemed, as far as that is known; the messages are for the grant's status. */
export type GrantServer =
  | { readonly kind: 'serving'; readonly baseUrl: string; readonly ca: string }
  | { readonly kind: 'starting'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }

export interface GrantContext {
  readonly ledger: GrantLedger | undefined
  readonly server: GrantServer
  readonly now: Date
  readonly newCode: () => string
}

/** A grant as it should be stored, and its ledger: undefined where the site gives no grants. */
export interface ReconciledGrant {
  readonly grant: AccessGrant
  readonly ledger: GrantLedger | undefined
}

/**
 * Brings a grant up to date (skupper-v2 sheet, section 1.6): defaults, a code, the time it expires (fixed when first
 * processed), where to redeem it, and its conditions. Doing it again changes nothing.
 */
export function reconcileGrant(grant: AccessGrant, context: GrantContext): ReconciledGrant {
  const { server, now } = context
  if (server.kind === 'refused') {
    return { grant: withStatements(grant, { Processed: server.message }, now), ledger: context.ledger }
  }
  const { redemptionsAllowed, expirationWindow, windowMs } = grantTerms(grant)
  const ledger = ledgerFor(grant, context)
  const serving = server.kind === 'serving'
  const status = {
    ...grant.status,
    ...(serving ? { url: `${server.baseUrl}/${grant.metadata.uid ?? ''}`, ca: server.ca } : {}),
    redemptions: ledger.redemptions,
    expirationTime: new Date(expiryOf(grant) ?? now.getTime() + windowMs).toISOString(),
  }
  const processed = { ...grant, spec: { ...grant.spec, redemptionsAllowed, expirationWindow }, status }
  const statements = { Processed: 'OK', Resolved: serving ? 'OK' : server.message }
  return { grant: withStatements(processed, statements, now), ledger }
}

/** A code as Skupper v2 makes them: 24 letters and digits, 142 bits. */
export function randomCode(): string {
  const characters = Array.from({ length: CODE_LENGTH }, () => CODE_CHARACTERS[randomInt(CODE_CHARACTERS.length)])
  return characters.join('')
}

function ledgerFor(grant: AccessGrant, { ledger, newCode }: GrantContext): GrantLedger {
  const made = ledger ?? { code: newCode(), redemptions: grant.status?.redemptions ?? 0, redeemers: [] }
  return grant.spec.code === undefined ? made : { ...made, code: grant.spec.code }
}

/** Sets these conditions, each true where its message is "OK", and derives Ready. */
function withStatements(grant: AccessGrant, statements: Readonly<Record<string, string>>, now: Date): AccessGrant {
  const { generation } = grant.metadata
  const observed = generation === undefined ? {} : { observedGeneration: generation }
  let status: AccessGrant['status'] = grant.status
  for (const [type, message] of Object.entries(statements)) {
    const truth = message === 'OK' ? TRUE : type === 'Resolved' ? PENDING : REFUSED
    status = withCondition(status, { type, ...truth, message, ...observed }, now)
  }
  return { ...grant, status: withReady({ ...status }, REQUIRED, { now, generation }) }
}
