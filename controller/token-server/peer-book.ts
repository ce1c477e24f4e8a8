import { SkupperError } from '../../core/model/error.ts'
import { MAX_PEERS, PEERS_SECRET, peersSecret, readPeers, type LinkPeer } from '../../core/model/link-peers.ts'
import { lifetimeOf, readCertificate } from '../../core/pki/certificate.ts'
import { publicKeyHash } from '../../core/pki/key.ts'
import type { GrantStore } from './grant-store.ts'
import { Turns } from './turns.ts'

const MAX_CONFLICTS = 3

/** A certificate that a peer is given. */
export interface GivenCertificate {
  /** PEM, its own first. */
  readonly certificate: string
  /** SHA-256 of the CA certificate that signed it, hex. */
  readonly issuer: string
  readonly siteId: string
  readonly siteName: string | undefined
  /** Whether the peer has the key from us. */
  readonly isKeyOurs: boolean
  /** Whether a use of a token was spent on it: that also lets in who was revoked before. */
  readonly isAdmission: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Who has certificates for links to this site. Every change is stored before it counts. */
export class PeerBook {
  readonly #store: Pick<GrantStore, 'get' | 'applyRuntime'>
  readonly #turns = new Turns()

  constructor(store: Pick<GrantStore, 'get' | 'applyRuntime'>) {
    this.#store = store
  }

  /** Throws `peers/broken`, as everything here does. */
  async all(): Promise<readonly LinkPeer[]> {
    return readPeers(await this.#store.get('Secret', PEERS_SECRET))
  }

  async find(keyHash: string): Promise<LinkPeer | undefined> {
    return (await this.all()).find((peer) => peer.keyHash === keyHash)
  }

  /** A token was redeemed. A peer that was known goes on using its certificate until it shows the new one. */
  async redeemed(given: GivenCertificate): Promise<void> {
    const certificate = readCertificate(given.certificate)
    const keyHash = publicKeyHash(certificate.publicKey)
    const { siteId, siteName, issuer, isAdmission } = given
    await this.#change(keyHash, (before) => ({
      ...{ keyHash, siteId, siteName: siteName ?? before?.siteName, renews: !given.isKeyOurs },
      admitted: (isAdmission ? undefined : before?.admitted) ?? new Date(given.now).toISOString(),
      ...(isAdmission ? {} : { revoked: before?.revoked }),
      expires: new Date(lifetimeOf(certificate).notAfter).toISOString(),
      issuer: before !== undefined && Date.parse(before.expires) > given.now ? before.issuer : issuer,
    }))
  }

  /** A known peer has a newer certificate, which it may not use yet. PEM. */
  async renew(keyHash: string, certificate: string): Promise<void> {
    const expires = new Date(lifetimeOf(readCertificate(certificate)).notAfter).toISOString()
    await this.#change(keyHash, (before) => before && { ...before, expires })
  }

  /** A known peer has shown a certificate signed by this CA (SHA-256 of its certificate, hex). */
  async showed(keyHash: string, issuer: string): Promise<void> {
    await this.#change(keyHash, (before) => before && { ...before, issuer })
  }

  /** A peer that was admitted at that time or before, as its record says it, has no access from now on. */
  async revoke(keyHash: string, admitted: string, now: Date): Promise<void> {
    await this.#change(keyHash, (before) => {
      const isMeant = before !== undefined && before.revoked === undefined && before.admitted <= admitted
      return isMeant ? { ...before, revoked: now.toISOString() } : undefined
    })
  }

  async #change(keyHash: string, next: (before: LinkPeer | undefined) => LinkPeer | undefined): Promise<void> {
    await this.#turns.run('', async () => {
      for (let conflicts = 0; ; conflicts += 1) {
        try {
          await this.#write(keyHash, next)
          return
        } catch (error) {
          const isConflict = error instanceof SkupperError && error.code === 'store/conflict'
          if (!isConflict || conflicts >= MAX_CONFLICTS) throw error
        }
      }
    })
  }

  async #write(keyHash: string, next: (before: LinkPeer | undefined) => LinkPeer | undefined): Promise<void> {
    const secret = await this.#store.get('Secret', PEERS_SECRET)
    const peers = readPeers(secret)
    const before = peers.find((peer) => peer.keyHash === keyHash)
    const changed = next(before)
    if (changed === undefined) return
    const others = peers.filter((peer) => peer !== before)
    await this.#store.applyRuntime(peersSecret(bounded([...others, changed], changed), secret))
  }
}

/** By the end of their certificates; the one just written stays. */
function bounded(peers: readonly LinkPeer[], latest: LinkPeer): LinkPeer[] {
  const sorted = peers.filter((peer) => peer !== latest).sort((a, b) => Date.parse(a.expires) - Date.parse(b.expires))
  return [...sorted.slice(-(MAX_PEERS - 1)), latest]
}
