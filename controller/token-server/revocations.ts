import { readRevocations, REVOCATION_SECRET } from '../../core/model/revocation.ts'
import type { LinkPeer } from '../../core/model/link-peers.ts'
import type { Log } from '../log.ts'
import { MAX_REDEEMERS, type GrantLedger } from './grant-ledger.ts'
import type { Grants } from './grants.ts'
import type { GrantStore } from './grant-store.ts'
import type { PeerBook } from './peer-book.ts'

export interface RevocationsOptions {
  readonly store: Pick<GrantStore, 'get'>
  readonly grants: Pick<Grants, 'changeAll'>
  readonly peers: Pick<PeerBook, 'all' | 'revoke'>
  readonly log: Log
}

/**
 * Does what the Secret of revocations asks for: first no grant lets the key in any more, then its record says that it is
 * revoked, which keeps it from renewing. Answers the keys (SHA-256, hex) that the routers have to turn away, sorted.
 */
export async function revoke({ store, grants, peers, log }: RevocationsOptions, now: Date): Promise<string[]> {
  const asked = readRevocations(await store.get('Secret', REVOCATION_SECRET))
  const before = await peers.all()
  const due = before.filter(
    (peer) =>
      peer.revoked === undefined &&
      asked.some(({ keyHash, admitted }) => keyHash === peer.keyHash && peer.admitted <= admitted),
  )
  for (const peer of due) {
    await grants.changeAll((ledger) => withoutPeer(ledger, peer, now))
    await peers.revoke(peer.keyHash, peer.admitted, now)
    const { keyHash, siteId, siteName } = peer
    log.info({ keyHash, siteId, siteName }, 'access of a site revoked')
  }
  const after = due.length === 0 ? before : await peers.all()
  return after
    .filter((peer) => peer.revoked !== undefined && !isOver(peer, now))
    .map(({ keyHash }) => keyHash)
    .sort()
}

/**
 * A ledger that a peer's key opens no more. Whoever redeemed a grant knows its code: with uses left, another key would
 * open it as well, so that it gives nothing to strangers any more.
 */
function withoutPeer(ledger: GrantLedger, { keyHash, siteId, renews }: LinkPeer, now: Date): GrantLedger {
  const known = ledger.redeemers.find((redeemer) => redeemer.keyHash === keyHash)
  // Who had its key from us is in no ledger: it may have redeemed any grant that has such uses.
  const mayKnowCode = known !== undefined || (!renews && ledger.redemptions > ledger.redeemers.length)
  const revoked = { keyHash, subject: siteId, at: now.toISOString(), ...known, revoked: true }
  const others = ledger.redeemers.filter((redeemer) => redeemer !== known)
  return { ...ledger, redeemers: [...others, revoked].slice(-MAX_REDEEMERS), ...(mayKnowCode ? { closed: true } : {}) }
}

/** A certificate that has ended is refused anyway. */
function isOver({ expires }: LinkPeer, now: Date): boolean {
  return Date.parse(expires) < now.getTime()
}
