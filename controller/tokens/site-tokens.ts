import type { AccessToken } from '../../core/model/access-token.ts'
import type { Credentials, GivenCredentials } from '../../core/model/credentials.ts'
import type { Resource } from '../../core/model/resource.ts'
import type { RouterAccess } from '../../core/model/router-access.ts'
import { refusal, refusalOf, type SitePolicies } from '../../core/model/policy/resource-refusal.ts'
import type { SiteStore } from '../../core/model/site-store.ts'
import { durationSetting } from '../../core/model/settings.ts'
import { MAX_PEERS } from '../../core/model/link-peers.ts'
import { readCertificate } from '../../core/pki/certificate.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { SiteResources } from '../site/site-resources.ts'
import type { Log } from '../log.ts'
import { IdentityKey, type KeyFile } from '../redemption/identity-key.ts'
import { confirmRenewal } from '../redemption/confirm-renewal.ts'
import { redeemToken } from '../redemption/redeem-token.ts'
import { isCurrent } from '../redemption/renew-certificate.ts'
import { LinkRenewals, type LinkCertificate } from './link-renewals.ts'
import { Redemptions } from './redemptions.ts'
import { authorityBeside } from '../credentials/ensure-issuer.ts'
import { formerIssuer, linkIssuer } from '../../core/model/link-issuer.ts'
import { GRANT_SERVER } from '../credentials/site-credentials.ts'
import type { TokenAddress } from '../site/premises.ts'
import type { Trouble } from '../site/statements.ts'
import { TokenIssuing, type TokenWish } from './token-issuing.ts'
import { reconcileTokens, type ReconciledTokens } from './token-links.ts'
import { Grants } from '../token-server/grants.ts'
import { PeerBook } from '../token-server/peer-book.ts'
import type { IssuingSite } from '../token-server/redemption-answer.ts'
import { RedemptionDesk } from '../token-server/redemption-desk.ts'
import { revoke, type RevocationsOptions } from '../token-server/revocations.ts'
import { RenewalDesk } from '../token-server/renewal-desk.ts'

const VALIDITIES = ['certificate-validity', 'authority-validity'] as const

export interface SiteTokensOptions {
  readonly siteId: string
  readonly siteName: string
  readonly store: SiteStore
  readonly identityKey: KeyFile
  /** Milliseconds since the epoch: by the wall clock, and by one that never goes back. */
  readonly now: () => number
  readonly steady: () => number
  readonly random: () => number
  readonly choosePort: () => Promise<void>
  /** Whether redeemers come through a router, and so from its address. */
  readonly sharedAddress: boolean
  /** The policies of Skupper v1 as they stand now. */
  readonly policies: () => SitePolicies
  readonly log: Log
  readonly onChange: () => void
}

/** What the token server is to be given for a pass. */
export interface ServeOptions {
  readonly resources: SiteResources
  /** Undefined while the place knows none. */
  readonly address: TokenAddress | undefined
  readonly now: Date
}

/** Both ends of tokens: those of other sites are redeemed, and this site's own are answered. */
export class SiteTokens {
  readonly #options: SiteTokensOptions
  readonly #identity: IdentityKey
  readonly #redemptions: Redemptions
  /** Those of tokens that were redeemed before, for another certificate. */
  readonly #renewing: Redemptions
  readonly #renewals: LinkRenewals
  readonly #issuing: TokenIssuing
  readonly #revocations: RevocationsOptions
  readonly #stop = new AbortController()
  #resources: SiteResources | undefined
  #revokedKeys: readonly string[] = []

  constructor(options: SiteTokensOptions) {
    const { siteId, siteName, store, identityKey, now, steady, random, choosePort, sharedAddress, log, onChange } =
      options
    const identity = new IdentityKey(identityKey)
    const grants = new Grants(store)
    const peers = new PeerBook(store)
    this.#revocations = { store, grants, peers, log }
    const site = () => this.#issuingSite()
    const shared = { peers, site, sharedAddress, now, log }
    const desks = { redemptions: new RedemptionDesk({ grants, ...shared }), renewals: new RenewalDesk(shared) }
    this.#options = options
    this.#identity = identity
    const asking = { siteId, siteName, identity, random }
    const facts = { now: steady, log, onChange }
    this.#redemptions = new Redemptions({
      redeem: (token, running) => redeemToken(token, { ...asking, ...running }),
      ...facts,
    })
    this.#renewing = new Redemptions({
      redeem: async (token, running) =>
        redeemToken(token, { ...asking, ...running, current: await this.#currentOf(token) }),
      ...facts,
    })
    const onRenewed = (token: AccessToken, current: Required<Credentials>) => {
      void confirmRenewal(token, { current, signal: this.#stop.signal, random, log })
    }
    this.#renewals = new LinkRenewals({ store, redemptions: this.#renewing, identity, onRenewed, log })
    this.#issuing = new TokenIssuing({ grants, desks, choosePort, now, log })
  }

  /** Why this site cannot issue tokens; undefined if it can. */
  get trouble(): Trouble | undefined {
    return this.#issuing.trouble
  }

  /** The certificates of links, by the name of their credentials. */
  get linkCertificates(): ReadonlyMap<string, LinkCertificate> {
    return this.#renewals.certificates
  }

  /** Of the certificates that have to be renewed, those of links and what this site issues: the shortest life. */
  get shortestLifeMs(): number {
    const resources = this.#resources
    const own = resources === undefined ? [] : VALIDITIES.map((key) => durationSetting(resources.site, key))
    const lives = [...this.linkCertificates.values()].map(({ lifetime }) => lifetime.notAfter - lifetime.notBefore)
    return Math.min(...own, ...lives)
  }

  /** SHA-256 (hex) of the public keys that have no access any more, as of the last `revoke`. */
  get revokedKeys(): readonly string[] {
    return this.#revokedKeys
  }

  /** Whether a site that may still connect uses a certificate of that CA (SHA-256 of its certificate, hex). */
  async isIssuerInUse(fingerprint: string): Promise<boolean> {
    const now = this.#options.now()
    const peers = await this.#revocations.peers.all()
    // Beyond that some were forgotten.
    if (peers.length >= MAX_PEERS) return true
    return peers.some(({ issuer, expires, revoked }) => {
      return issuer === fingerprint && revoked === undefined && Date.parse(expires) > now
    })
  }

  /** Takes access away from whom that is asked for. */
  async revoke(now: Date): Promise<void> {
    this.#revokedKeys = await revoke(this.#revocations, now)
  }

  /** Makes the key that the site is known by, if it has none: the first token is redeemed sooner. */
  async prepare(): Promise<void> {
    await this.#identity.get()
  }

  /** Goes on with tokens of other sites, and renews what came from them before. */
  async redeem(stored: readonly Resource[], now: Date): Promise<ReconciledTokens> {
    const { store, siteId, log, policies } = this.#options
    const redeemed = await reconcileTokens({
      ...{ store, stored, redemptions: this.#redemptions, siteId, now, log },
      refusal: (token) => refusalOf(token, policies()),
    })
    const isMoved = await this.#renewals.reconcile(stored, now)
    return { ...redeemed, isChanged: redeemed.isChanged || isMoved }
  }

  /** Answers tokens of this site at that port, and keeps its grants up to date. */
  async serve({ resources, address, now }: ServeOptions): Promise<void> {
    this.#resources = resources
    await this.#issuing.reconcile(await this.#wish(resources, address), now)
  }

  /** May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#redemptions.close()
    await this.#renewing.close()
    await this.#issuing.close()
  }

  /** What a link shows, where that can open something. */
  async #currentOf({ metadata }: AccessToken): Promise<Required<Credentials> | undefined> {
    const { ca, certificate, key } = (await this.#options.store.credentials(metadata.name)) ?? {}
    if (ca === undefined || certificate === undefined || key === undefined) return undefined
    const current = { ca, certificate, key }
    return isCurrent(current, this.#options.now()) ? current : undefined
  }

  async #wish({ site, accesses }: SiteResources, address: TokenAddress | undefined): Promise<TokenWish> {
    const denied = refusal({ about: 'incoming-links' }, this.#options.policies())
    if (denied !== undefined) return { kind: 'refused', message: denied }
    if (accesses.length === 0 || site.spec.edge === true) {
      return { kind: 'refused', message: 'This site does not accept links' }
    }
    const credentials = await this.#options.store.credentials(GRANT_SERVER)
    const { ca, certificate, key } = credentials ?? {}
    if (address === undefined || ca === undefined || certificate === undefined || key === undefined) {
      return { kind: 'starting', message: 'The token server has no certificate or no address yet' }
    }
    return { kind: 'place', ...address, credentials: { ca, certificate, key } }
  }

  /** The CA before the one of that name, where that is still trusted. A supplied one has none. */
  async #former(name: string): Promise<GivenCredentials | undefined> {
    const { store } = this.#options
    return (await store.isIssuerSupplied(name)) ? undefined : store.issuer(formerIssuer(name))
  }

  /** What the answer to a token is made of; asked for each of them. */
  async #issuingSite(): Promise<IssuingSite> {
    if (this.#resources === undefined) throw notYet()
    const { site, accesses } = this.#resources
    const name = linkIssuer(site, accesses)
    const issuer = await this.#options.store.issuer(name)
    if (issuer?.certificate === undefined) throw notYet()
    const { certificate, ca, key } = issuer
    const former = await this.#former(name)
    const given = { certificate, ca, ...(key === undefined ? {} : { key }) }
    const authority = authorityBeside(given, former, this.#options.now())
    return {
      authority,
      issuers: [authority.certificate, ...(former === undefined ? [] : [readCertificate(former.certificate ?? '')])],
      endpoints: (await this.#options.store.list('RouterAccess')).flatMap(endpointsOf),
      certificateLifeMs: durationSetting(site, 'certificate-validity'),
    }
  }
}

function endpointsOf({ status }: RouterAccess) {
  return status?.endpoints ?? []
}

function notYet(): SkupperError {
  return new SkupperError('grant/not-ready', 'This site has no certificate authority for links yet.')
}
