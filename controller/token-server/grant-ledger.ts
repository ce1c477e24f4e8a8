import { z } from 'zod'
import type { AccessGrant } from '../../core/model/access-grant.ts'
import { CONTROLLED_ANNOTATION } from '../../core/model/annotation-names.ts'
import { SkupperError } from '../../core/model/error.ts'
import { secretData, secretText } from '../../core/model/secret.ts'
import type { Secret } from '../../core/model/secret.ts'

/**
 * How many keys a grant remembers: about 200 KiB of its Secret. Beyond that it forgets the oldest, whose owner then
 * counts as a stranger.
 */
export const MAX_REDEEMERS = 1000
/** Label of a grant's Secret, with the grant's uid: a new grant of the same name does not take over an old one's. */
export const GRANT_LABEL = 'internal.skupper.io/grant'

const redeemerSchema = z.object({
  keyHash: z.string().regex(/^[0-9a-f]{64}$/),
  subject: z.string(),
  at: z.string(),
  revoked: z.boolean().optional(),
})

const redeemersSchema = z.array(redeemerSchema).max(MAX_REDEEMERS)

/**
 * Who redeemed a grant: `keyHash` is the SHA-256 of its public key (hex), `subject` what it called itself, `at` when
 * (RFC 3339). A revoked one is refused for good.
 */
export type Redeemer = Readonly<z.infer<typeof redeemerSchema>>

/** What a grant has given away. Count and keys change together, in one write of one Secret. */
export interface GrantLedger {
  readonly code: string
  readonly redemptions: number
  readonly redeemers: readonly Redeemer[]
  /** Gives nothing to keys that it does not know yet: one who knows its code was revoked. */
  readonly closed?: boolean
}

/** The name of the Secret that keeps a grant's ledger. */
export function ledgerName(grantName: string): string {
  return `${grantName}-code`
}

/**
 * The ledger as a Secret: `code` alone is what others read. Count and redeemers stand beside it and not in the grant's
 * status, because a status is rewritten as a whole and shown to anybody.
 */
export function ledgerSecret(grant: AccessGrant, ledger: GrantLedger, previous?: Secret): Secret {
  const { namespace, uid = '' } = grant.metadata
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      ...(namespace === undefined ? {} : { namespace }),
      ...previous?.metadata,
      name: ledgerName(grant.metadata.name),
      labels: { [GRANT_LABEL]: uid },
      annotations: { [CONTROLLED_ANNOTATION]: 'true' },
    },
    data: secretData({
      code: ledger.code,
      redemptions: String(ledger.redemptions),
      redeemers: JSON.stringify(ledger.redeemers),
      ...(ledger.closed === true ? { closed: 'true' } : {}),
    }),
  }
}

/** Reads a ledger; keys that are absent count as nothing redeemed. Throws `grant/broken-ledger`. */
export function readLedger(secret: Secret): GrantLedger {
  try {
    return {
      code: z.string().min(1).parse(secretText(secret, 'code')),
      redemptions: z
        .int()
        .min(0)
        .parse(Number(secretText(secret, 'redemptions') ?? '0')),
      redeemers: redeemersSchema.parse(JSON.parse(secretText(secret, 'redeemers') ?? '[]')),
      ...(secretText(secret, 'closed') === 'true' ? { closed: true } : {}),
    }
  } catch (cause) {
    const name = secret.metadata.name
    throw new SkupperError('grant/broken-ledger', `Secret ${name} is not readable as the ledger of a grant.`, { cause })
  }
}
