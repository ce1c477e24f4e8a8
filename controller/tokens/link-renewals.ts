import { isDeepStrictEqual } from 'node:util'
import type { AccessToken } from '../../core/model/access-token.ts'
import type { Credentials, GivenCredentials } from '../../core/model/credentials.ts'
import { messageOf } from '../../core/model/error.ts'
import type { Link } from '../../core/model/link.ts'
import type { Resource } from '../../core/model/resource.ts'
import type { SiteStore } from '../../core/model/site-store.ts'
import { lifetimeOf, readCertificate } from '../../core/pki/certificate.ts'
import { privateKeyPem } from '../../core/pki/key.ts'
import { renewAt, type Lifetime } from '../../core/pki/renewal.ts'
import type { Log } from '../log.ts'
import type { IdentityKey } from '../redemption/identity-key.ts'
import { ofKind } from '../site/site-resources.ts'
import { isBegun, type Redemptions } from './redemptions.ts'
import { tokenOf } from './token-links.ts'

/** A site that only restarts is back sooner. */
const LOST_AFTER_MS = 30_000
/** Once it was tried for some minutes to find a lost site, it is tried again after this. */
const LOST_PAUSE_MS = 300_000
/** After a renewal that failed it is tried again when this part of the certificate's life has passed, */
const PAUSE_SHARE = 1 / 100
/** but not more and not less often than this. */
const SHORTEST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 3_600_000

/** The certificate a link shows to the other site. */
export interface LinkCertificate {
  readonly lifetime: Lifetime
  /** Why it is not renewed, or was not when that was tried last; undefined where all is well. */
  readonly obstacle: string | undefined
  /** What the other site, or the way there, said when its token was redeemed last, if that failed. */
  readonly failure?: string | undefined
}

export interface LinkRenewalsOptions {
  readonly store: Pick<SiteStore, 'credentials' | 'putCredentials' | 'applyRuntime'>
  readonly redemptions: Pick<Redemptions, 'progress' | 'keepOnly'>
  readonly identity: Pick<IdentityKey, 'get'>
  /** The certificate that a link shows is another one now. */
  readonly onRenewed: (token: AccessToken, credentials: Required<Credentials>) => void
  readonly log: Log
}

/** A certificate that Links show, with the token that it came from, if that is still there. */
interface ShownCertificate {
  /** Of the credentials. */
  readonly name: string
  readonly links: readonly Link[]
  readonly before: GivenCredentials
  readonly lifetime: Lifetime
  readonly token: AccessToken | undefined
}

/**
 * Asks the sites that links lead to for certificates anew, with the same key: by the certificate there is, else by the
 * token, which costs no use and works after its expiry. It renews certificates after two thirds of their life, and finds
 * a site that has moved since its link was made. A link whose key came from the other site, as Skupper v2 does it, or
 * that somebody wrote by hand is left alone.
 */
export class LinkRenewals {
  readonly #options: LinkRenewalsOptions
  #certificates: ReadonlyMap<string, LinkCertificate> = new Map()

  constructor(options: LinkRenewalsOptions) {
    this.#options = options
  }

  /** By the name of the credentials. */
  get certificates(): ReadonlyMap<string, LinkCertificate> {
    return this.#certificates
  }

  /** Goes on with what is due. True if a Link was changed, since the other site has moved. */
  async reconcile(stored: readonly Resource[], now: Date): Promise<boolean> {
    const certificates = new Map<string, LinkCertificate>()
    const due: AccessToken[] = []
    let isChanged = false
    for (const shown of await this.#shown(stored)) {
      const { token, lifetime } = shown
      const obstacle = await this.#lastingObstacle(shown)
      const isAged = now.getTime() >= renewAt(lifetime)
      if (token === undefined || obstacle !== undefined || !(isAged || isLost(shown, now))) {
        certificates.set(shown.name, { lifetime, obstacle })
        continue
      }
      due.push(token)
      const renewed = await this.#renew(shown, { token, pauseMs: isAged ? pauseOf(lifetime) : LOST_PAUSE_MS })
      certificates.set(shown.name, renewed)
      isChanged ||= renewed.isChanged
    }
    this.#options.redemptions.keepOnly(due)
    this.#certificates = certificates
    return isChanged
  }

  async #shown(stored: readonly Resource[]): Promise<ShownCertificate[]> {
    const tokens = new Map(ofKind(stored, 'AccessToken').map((token) => [token.metadata.uid, token]))
    const shown: ShownCertificate[] = []
    for (const [name, links] of Map.groupBy(ofKind(stored, 'Link'), ({ spec }) => spec.tlsCredentials)) {
      const before = name === undefined ? undefined : await this.#read(name)
      const lifetime = before === undefined ? undefined : lifetimeIn(before)
      if (name === undefined || before === undefined || lifetime === undefined) continue
      const token = tokens.get(links.map(tokenOf).find((uid) => uid !== undefined))
      shown.push({ name, links, before, lifetime, token })
    }
    return shown
  }

  /** Why a certificate cannot be renewed at all. */
  async #lastingObstacle({ token, before: { key } }: ShownCertificate): Promise<string | undefined> {
    if (token === undefined) return NO_TOKEN
    const isOwn = key?.trim() === privateKeyPem(await this.#options.identity.get()).trim()
    return isOwn ? undefined : FOREIGN_KEY
  }

  async #renew(
    { links, before, lifetime }: ShownCertificate,
    { token, pauseMs }: { token: AccessToken; pauseMs: number },
  ): Promise<LinkCertificate & { isChanged: boolean }> {
    const progress = this.#options.redemptions.progress(token, pauseMs)
    if (progress.kind !== 'done') {
      const failure = isBegun(progress) ? undefined : progress.message
      return { lifetime, obstacle: failure, failure, isChanged: false }
    }
    const { redeemed } = progress
    if (before.certificate === redeemed.credentials.certificate) {
      return { lifetime, obstacle: 'the other site gives none that lasts longer', isChanged: false }
    }
    await this.#options.store.putCredentials(token.metadata.name, redeemed.credentials)
    this.#options.onRenewed(token, redeemed.credentials)
    const isChanged = await this.#moveLinks(links, redeemed.links)
    const next = lifetimeOf(readCertificate(redeemed.credentials.certificate))
    const until = new Date(next.notAfter).toISOString()
    this.#options.log.info({ link: token.metadata.name, until }, 'certificate of a link renewed')
    return { lifetime: next, obstacle: undefined, isChanged }
  }

  /** The answer also says where the other site is now. */
  async #moveLinks(links: readonly Link[], answered: readonly Link[]): Promise<boolean> {
    let isChanged = false
    for (const link of links) {
      const spec = answered.find(({ metadata }) => metadata.name === link.metadata.name)?.spec
      if (spec === undefined || isDeepStrictEqual(spec, link.spec)) continue
      await this.#options.store.applyRuntime({ ...link, spec })
      isChanged = true
    }
    return isChanged
  }

  async #read(name: string): Promise<GivenCredentials | undefined> {
    try {
      return await this.#options.store.credentials(name)
    } catch (error) {
      this.#options.log.debug({ credentials: name, reason: messageOf(error) }, 'credentials cannot be read')
      return undefined
    }
  }
}

const NO_TOKEN = 'it came from no token. Replace it'
const FOREIGN_KEY = 'its key came from the other site. Make the link again from a new token'

/** Whether no Link of these has been up for a while: the other site may be elsewhere by now. */
function isLost({ links }: ShownCertificate, now: Date): boolean {
  return links.every(({ status }) => {
    const operational = status?.conditions?.find(({ type }) => type === 'Operational')
    const since = Date.parse(operational?.lastTransitionTime ?? '')
    return operational?.status === 'False' && now.getTime() - since > LOST_AFTER_MS
  })
}

function lifetimeIn({ certificate = '' }: GivenCredentials): Lifetime | undefined {
  try {
    return lifetimeOf(readCertificate(certificate))
  } catch {
    return undefined
  }
}

function pauseOf({ notBefore, notAfter }: Lifetime): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, (notAfter - notBefore) * PAUSE_SHARE))
}
