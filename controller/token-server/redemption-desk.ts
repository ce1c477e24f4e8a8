import { messageOf, SkupperError } from '../../core/model/error.ts'
import { fingerprintOf } from '../../core/pki/certificate.ts'
import { readCertificateRequest } from '../../core/pki/certificate-request.ts'
import type { VerifiedRequest } from '../../core/pki/certificate-request.ts'
import type { Log } from '../log.ts'
import { AttemptLimiter } from './attempt-limiter.ts'
import type { Attempt, AttemptLimits } from './attempt-limiter.ts'
import { codeMatches, decideRedemption } from './decide-redemption.ts'
import type { Refusal } from './decide-redemption.ts'
import { expiryOf, grantTerms } from './grant-terms.ts'
import type { Grants, StoredGrant } from './grants.ts'
import type { PeerBook } from './peer-book.ts'
import { redemptionAnswer } from './redemption-answer.ts'
import type { IssuingSite } from './redemption-answer.ts'

/** Somebody who sends wrong codes is heard this often: by address, and by the grant that is tried. */
export const ADDRESS_LIMITS: AttemptLimits = { burst: 30, perMinute: 30, maxKeys: 10_000 }
/** Behind a router that passes their TLS on, all redeemers have its address: the limit then is one for all together. */
export const SHARED_ADDRESS_LIMITS: AttemptLimits = { burst: 600, perMinute: 600, maxKeys: 10_000 }
const GRANT_LIMITS: AttemptLimits = { burst: 60, perMinute: 30, maxKeys: 10_000 }
/** A grant that somebody else wrote in between is read and decided anew this often. */
const MAX_CONFLICTS = 3

/** A redemption as it came in, its sizes checked. */
export interface Redemption {
  /** Address of the peer, as far as it is limited together. */
  readonly from: string
  /** The grant's uid, from the URL. */
  readonly grantId: string
  readonly code: string
  readonly name: string
  readonly subject: string
  /** The name that the site calls itself by, if it says so. */
  readonly siteName?: string | undefined
  /** DER of a PKCS#10 request, if one was sent. */
  readonly certificateRequest: Buffer | undefined
  /** Aborted when the peer is gone. */
  readonly signal: AbortSignal
}

/** What is answered. A refusal carries no reason: a stranger learns nothing from it. */
export type RedemptionResult =
  | { readonly kind: 'redeemed'; readonly yaml: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'bad-certificate-request'; readonly message: string }
  | { readonly kind: 'too-many'; readonly retryMs: number }
  | { readonly kind: 'unavailable' }

export interface DeskOptions {
  readonly grants: Grants
  readonly peers: Pick<PeerBook, 'redeemed'>
  /** Asked for each redemption: certificates and endpoints change. Throws while the site cannot be linked to. */
  readonly site: () => Promise<IssuingSite>
  /** Whether redeemers of all sites come from one address. */
  readonly sharedAddress?: boolean | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: Log
}

/**
 * Gives certificates for codes. In a grant's turn it decides, makes the whole answer, stores the use and the key
 * that has it, and only then hands the answer out: an answer that cannot be made or stored costs no use, and after a
 * crash in between the same key gets its answer for the use that was counted.
 */
export class RedemptionDesk {
  readonly #options: DeskOptions
  readonly #addresses: AttemptLimiter
  readonly #grantAttempts: AttemptLimiter

  constructor(options: DeskOptions) {
    this.#options = options
    this.#addresses = new AttemptLimiter(
      options.sharedAddress === true ? SHARED_ADDRESS_LIMITS : ADDRESS_LIMITS,
      options.now,
    )
    this.#grantAttempts = new AttemptLimiter(GRANT_LIMITS, options.now)
  }

  /** Serves a redemption; never throws. */
  async redeem(redemption: Redemption): Promise<RedemptionResult> {
    const { from } = redemption
    const attempt = this.#addresses.take(from)
    if (attempt !== 'allowed') return this.#tooMany(attempt, this.#addresses, { from })
    const result = await this.#decided(redemption)
    if (isRightful(result)) this.#addresses.giveBack(from)
    return result
  }

  async #decided(redemption: Redemption): Promise<RedemptionResult> {
    const { grants, log } = this.#options
    for (let conflicts = 0; ; conflicts += 1) {
      try {
        return await grants.withGrant(redemption.grantId, (stored) => this.#inTurn(redemption, stored))
      } catch (error) {
        if (isConflict(error) && conflicts < MAX_CONFLICTS) continue
        log.error({ ...factsOf(redemption), reason: messageOf(error) }, 'a redemption could not be answered')
        return { kind: 'unavailable' }
      }
    }
  }

  async #inTurn(redemption: Redemption, stored: StoredGrant | undefined): Promise<RedemptionResult> {
    if (stored === undefined) return this.#refused(redemption, 'unknown')
    const attempt = this.#grantAttempts.take(redemption.grantId)
    if (attempt !== 'allowed') return this.#tooMany(attempt, this.#grantAttempts, factsOf(redemption))
    if (!codeMatches(stored.ledger, redemption.code)) return this.#refused(redemption, 'wrong-code')
    const request = this.#verified(redemption)
    if (request instanceof SkupperError) return { kind: 'bad-certificate-request', message: request.message }
    const result = await this.#settled(redemption, stored, request)
    if (isRightful(result)) this.#grantAttempts.giveBack(redemption.grantId)
    return result
  }

  async #settled(
    redemption: Redemption,
    stored: StoredGrant,
    request: VerifiedRequest | undefined,
  ): Promise<RedemptionResult> {
    const { now, log } = this.#options
    const { grant, ledger } = stored
    const state = { ledger, redemptionsAllowed: grantTerms(grant).redemptionsAllowed, expiresAt: expiryOf(grant) }
    const claim = { code: redemption.code, subject: redemption.subject, keyHash: request?.keyHash }
    const outcome = decideRedemption(state, claim, now())
    if (outcome.kind === 'refuse') return this.#refused(redemption, outcome.reason)
    const answer = await this.#answer(redemption, request)
    // Nobody waits any more: a peer without a key of its own would lose the use.
    if (redemption.signal.aborted) return { kind: 'unavailable' }
    if (outcome.kind === 'issue') await stored.save(outcome.ledger)
    await this.#options.peers.redeemed({ ...answer, isAdmission: outcome.kind === 'issue' })
    log.info(
      { ...factsOf(redemption), grant: grant.metadata.name, outcome: outcome.kind, keyHash: claim.keyHash },
      'token redeemed',
    )
    return { kind: 'redeemed', yaml: answer.yaml }
  }

  async #answer({ name, subject, siteName }: Redemption, request: VerifiedRequest | undefined) {
    const [site, now] = [await this.#options.site(), this.#options.now()]
    const made = await redemptionAnswer(site, { name, subject, publicKey: request?.publicKey, now })
    const issuer = fingerprintOf(site.authority.certificate)
    return { ...made, issuer, siteId: subject, siteName, isKeyOurs: request === undefined, now }
  }

  #verified(redemption: Redemption): VerifiedRequest | SkupperError | undefined {
    if (redemption.certificateRequest === undefined) return undefined
    try {
      return readCertificateRequest(redemption.certificateRequest)
    } catch (error) {
      if (!(error instanceof SkupperError)) throw error
      this.#options.log.warn({ ...factsOf(redemption), reason: error.message }, 'token refused')
      return error
    }
  }

  #refused(redemption: Redemption, reason: Refusal | 'unknown'): RedemptionResult {
    this.#options.log.warn({ ...factsOf(redemption), reason }, 'token refused')
    return { kind: 'refused' }
  }

  #tooMany(attempt: Attempt, limiter: AttemptLimiter, facts: object): RedemptionResult {
    if (attempt === 'just-exceeded') this.#options.log.warn({ ...facts, reason: 'too-many-attempts' }, 'token refused')
    return { kind: 'too-many', retryMs: limiter.refillMs }
  }
}

/** Only failures use up attempts. */
function isRightful({ kind }: RedemptionResult): boolean {
  return kind === 'redeemed' || kind === 'unavailable'
}

function isConflict(error: unknown): boolean {
  return error instanceof SkupperError && error.code === 'store/conflict'
}

function factsOf({ from, grantId, name, subject }: Redemption): object {
  return { from, grantId, name, subject }
}
