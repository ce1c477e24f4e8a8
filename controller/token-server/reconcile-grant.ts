import { randomInt } from 'node:crypto'
import type { AccessGrant } from '../../core/model/access-grant.ts'
import { MANAGED_BY, MANAGED_BY_LABEL } from '../../core/model/annotation-names.ts'
import { error, pending, withStatements, type Trouble } from '../site/statements.ts'
import { expiryOf, grantTerms } from './grant-terms.ts'
import type { GrantLedger } from './grant-ledger.ts'

const REQUIRED = ['Processed', 'Resolved'] as const
const CODE_LENGTH = 24
const CODE_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Where tokens of this site are redeemed; why that is not known yet; or why this site gives none. */
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
    return { grant: withTroubles(grant, { Processed: error(server.message) }, now), ledger: context.ledger }
  }
  const { redemptionsAllowed, expirationWindow, windowMs } = grantTerms(grant)
  const ledger = ledgerFor(grant, context)
  const serving = server.kind === 'serving'
  const status = {
    ...grant.status,
    ...(isByOwnCommand(grant) ? {} : { code: ledger.code }),
    ...(serving ? { url: `${server.baseUrl}/${grant.metadata.uid ?? ''}`, ca: server.ca } : {}),
    redemptions: ledger.redemptions,
    expirationTime: new Date(expiryOf(grant) ?? now.getTime() + windowMs).toISOString(),
  }
  const processed = { ...grant, spec: { ...grant.spec, redemptionsAllowed, expirationWindow }, status }
  const troubles = { Processed: undefined, Resolved: serving ? undefined : pending(server.message) }
  return { grant: withTroubles(processed, troubles, now), ledger }
}

/** A code as Skupper v2 makes them: 24 letters and digits, 142 bits. */
export function randomCode(): string {
  const characters = Array.from({ length: CODE_LENGTH }, () => CODE_CHARACTERS[randomInt(CODE_CHARACTERS.length)])
  return characters.join('')
}

/** Our command line reads the code where nobody else does. What others write expects it where Skupper v2 puts it. */
function isByOwnCommand({ metadata }: AccessGrant): boolean {
  return metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY
}

function ledgerFor(grant: AccessGrant, { ledger, newCode }: GrantContext): GrantLedger {
  const made = ledger ?? { code: newCode(), redemptions: grant.status?.redemptions ?? 0, redeemers: [] }
  return grant.spec.code === undefined ? made : { ...made, code: grant.spec.code }
}

function withTroubles(
  grant: AccessGrant,
  troubles: Readonly<Record<string, Trouble | undefined>>,
  now: Date,
): AccessGrant {
  const statements = Object.entries(troubles).map(([type, trouble]) => ({ type, trouble }))
  const { generation } = grant.metadata
  return { ...grant, status: withStatements({ ...grant.status }, statements, { required: REQUIRED, now, generation }) }
}
