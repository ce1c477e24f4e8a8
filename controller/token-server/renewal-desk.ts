import type { X509Certificate } from 'node:crypto'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import type { LinkPeer } from '../../core/model/link-peers.ts'
import { fingerprintOf, requireIssuedBy, requireValidAt } from '../../core/pki/certificate.ts'
import { readCertificateRequest } from '../../core/pki/certificate-request.ts'
import { publicKeyHash } from '../../core/pki/key.ts'
import type { Log } from '../log.ts'
import { AttemptLimiter } from './attempt-limiter.ts'
import type { PeerBook } from './peer-book.ts'
import { redemptionAnswer, type IssuingSite } from './redemption-answer.ts'
import { ADDRESS_LIMITS, SHARED_ADDRESS_LIMITS, type RedemptionResult } from './redemption-desk.ts'

/** Who comes with a certificate of this site. */
export interface Visit {
  /** Address of the peer, as far as it is limited together. */
  readonly from: string
  /** What was shown in the TLS handshake, which proves that the peer has its key. */
  readonly certificate: X509Certificate | undefined
}

/** A renewal as it came in, its sizes checked. */
export interface Renewal extends Visit {
  /** Name of the Link and of its Secret in the site that asks. */
  readonly name: string
  /** DER of a PKCS#10 request. */
  readonly certificateRequest: Buffer
}

export type RenewalResult = RedemptionResult | { readonly kind: 'noted' }

export interface RenewalDeskOptions {
  readonly peers: Pick<PeerBook, 'find' | 'renew' | 'showed'>
  readonly site: () => Promise<IssuingSite>
  /** Whether peers of all sites come from one address. */
  readonly sharedAddress?: boolean | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: Log
}

/** A peer whose certificate was checked, and the CA certificate that signed it (SHA-256, hex). */
interface Known {
  readonly peer: LinkPeer
  readonly issuer: string
}

type Answer = (known: Known) => Promise<RenewalResult>

/**
 * Gives who has a certificate of this site a newer one for the same key. The key decides, as with tokens: one that no
 * token has let in, or that was revoked, gets nothing. That a grant is gone or used up plays no part.
 */
export class RenewalDesk {
  readonly #options: RenewalDeskOptions
  readonly #addresses: AttemptLimiter

  constructor(options: RenewalDeskOptions) {
    this.#options = options
    const limits = options.sharedAddress === true ? SHARED_ADDRESS_LIMITS : ADDRESS_LIMITS
    this.#addresses = new AttemptLimiter(limits, options.now)
  }

  /** Answers with a newer certificate; never throws. */
  renew(renewal: Renewal): Promise<RenewalResult> {
    return this.#served(renewal, (known) => this.#renewed(renewal, known))
  }

  /** Takes down that a peer uses the certificate that it shows; never throws. */
  confirm(visit: Visit): Promise<RenewalResult> {
    return this.#served(visit, async ({ peer, issuer }) => {
      await this.#options.peers.showed(peer.keyHash, issuer)
      return { kind: 'noted' }
    })
  }

  async #served(visit: Visit, answer: Answer): Promise<RenewalResult> {
    const { log } = this.#options
    const { from } = visit
    const attempt = this.#addresses.take(from)
    if (attempt !== 'allowed') {
      if (attempt === 'just-exceeded') log.warn({ from, reason: 'too-many-attempts' }, 'renewal refused')
      return { kind: 'too-many', retryMs: this.#addresses.refillMs }
    }
    try {
      const known = await this.#known(visit)
      const result = await answer(known)
      this.#addresses.giveBack(from)
      return result
    } catch (error) {
      return this.#failed(error, from)
    }
  }

  #failed(error: unknown, from: string): RenewalResult {
    const { log } = this.#options
    const facts = { from, reason: messageOf(error) }
    if (!(error instanceof SkupperError) || !REFUSALS.test(error.code)) {
      log.error(facts, 'a renewal could not be answered')
      this.#addresses.giveBack(from)
      return { kind: 'unavailable' }
    }
    log.warn(facts, 'renewal refused')
    if (error.code !== 'pki/bad-request') return { kind: 'refused' }
    return { kind: 'bad-certificate-request', message: error.message }
  }

  async #known({ certificate }: Visit): Promise<Known> {
    if (certificate === undefined) throw refused('no certificate was shown')
    const { issuers } = await this.#options.site()
    const issuer = issuers.find((each) => certificate.checkIssued(each) && certificate.verify(each.publicKey))
    if (issuer === undefined) throw refused('the certificate shown is of another issuer')
    requireIssuedBy(certificate, issuer)
    requireValidAt(certificate, this.#options.now())
    const keyHash = publicKeyHash(certificate.publicKey)
    const peer = await this.#options.peers.find(keyHash)
    if (peer === undefined) throw refused(`the key ${keyHash} was let in by no token`)
    if (peer.revoked !== undefined) throw refused(`the key ${keyHash} was revoked`)
    return { peer, issuer: fingerprintOf(issuer) }
  }

  async #renewed({ name, certificateRequest }: Renewal, { peer, issuer }: Known): Promise<RenewalResult> {
    const { peers, site, now, log } = this.#options
    const request = readCertificateRequest(certificateRequest)
    if (request.keyHash !== peer.keyHash) {
      throw new SkupperError('pki/bad-request', 'A certificate is renewed for the key of the one shown.')
    }
    const { publicKey } = request
    const answer = await redemptionAnswer(await site(), { name, subject: peer.siteId, publicKey, now: now() })
    await peers.showed(peer.keyHash, issuer)
    await peers.renew(peer.keyHash, answer.certificate)
    log.info({ name, subject: peer.siteId, keyHash: peer.keyHash }, 'certificate of a link renewed for its site')
    return { kind: 'redeemed', yaml: answer.yaml }
  }
}

/** What is the asker's fault. */
const REFUSALS = /^(renewal\/refused|pki\/(not-issued-by|not-yet-valid|expired|bad-request))$/

function refused(why: string): SkupperError {
  return new SkupperError('renewal/refused', why)
}
