import { isDeepStrictEqual } from 'node:util'
import type { AccessToken } from '../../core/model/access-token.ts'
import type { GivenCredentials } from '../../core/model/credentials.ts'
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
import { isBegun, type Progress, type Redemptions } from './redemptions.ts'
import { tokenOf } from './token-links.ts'

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
}

export interface LinkRenewalsOptions {
  readonly store: Pick<SiteStore, 'credentials' | 'putCredentials' | 'applyRuntime'>
  readonly redemptions: Pick<Redemptions, 'progress' | 'keepOnly'>
  readonly identity: Pick<IdentityKey, 'get'>
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
 * Renews the certificates of links after two thirds of their life, by redeeming the token anew with the same key:
 * that costs no use and works after the token's expiry. A link whose key came from the other site, as Skupper v2
 * does it, or that somebody wrote by hand cannot be renewed so.
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
      if (token === undefined || obstacle !== undefined || now.getTime() < renewAt(lifetime)) {
        certificates.set(shown.name, { lifetime, obstacle })
        continue
      }
      due.push(token)
      const renewed = await this.#renew(shown, token)
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
    token: AccessToken,
  ): Promise<LinkCertificate & { isChanged: boolean }> {
    const progress = this.#options.redemptions.progress(token, pauseOf(lifetime))
    if (progress.kind !== 'done') return { lifetime, obstacle: obstacleOf(progress), isChanged: false }
    const { redeemed } = progress
    if (before.certificate === redeemed.credentials.certificate) {
      return { lifetime, obstacle: 'the other site gives none that lasts longer', isChanged: false }
    }
    await this.#options.store.putCredentials(token.metadata.name, redeemed.credentials)
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

function obstacleOf(progress: Exclude<Progress, { kind: 'done' }>): string | undefined {
  return isBegun(progress) ? undefined : progress.message
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
