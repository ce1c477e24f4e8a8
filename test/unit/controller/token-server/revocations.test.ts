import { expect, test } from 'vitest'
import {
  ledgerName,
  ledgerSecret,
  readLedger,
  type GrantLedger,
} from '../../../../controller/token-server/grant-ledger.ts'
import { Grants } from '../../../../controller/token-server/grants.ts'
import { PeerBook } from '../../../../controller/token-server/peer-book.ts'
import { revoke } from '../../../../controller/token-server/revocations.ts'
import { peersSecret, type LinkPeer } from '../../../../core/model/link-peers.ts'
import { revocationSecret } from '../../../../core/model/revocation.ts'
import { accessGrant } from '../../../support/access-grants.ts'
import { MemoryStore } from '../../../support/memory-store.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

const NOW = new Date(Date.UTC(2030, 0, 1))
const HOUR_MS = 3_600_000
const [WEST, SOUTH] = ['a'.repeat(64), 'b'.repeat(64)]
const admitted = new Date(NOW.getTime() - HOUR_MS).toISOString()
const expires = new Date(NOW.getTime() + HOUR_MS).toISOString()
const peer = (keyHash: string, changes: Partial<LinkPeer> = {}): LinkPeer => ({
  ...{ keyHash, siteId: `${keyHash.slice(0, 1)}-id`, admitted, expires, issuer: 'c'.repeat(64), renews: true },
  ...changes,
})
const redeemer = (keyHash: string) => ({ keyHash, subject: 'x', at: admitted })

function site(ledger: Partial<GrantLedger>, peers = [peer(WEST), peer(SOUTH)]) {
  const grant = accessGrant()
  const whole = { code: 'code', redemptions: 2, redeemers: [redeemer(WEST), redeemer(SOUTH)], ...ledger }
  const store = new MemoryStore([grant, ledgerSecret(grant, whole), peersSecret(peers, undefined)])
  const book = new PeerBook(store)
  const log = new RecordedLog()
  const run = (now = NOW) => revoke({ store, grants: new Grants(store), peers: book, log }, now)
  const ask = (keyHash: string, at = admitted) => {
    store.put(revocationSecret([{ keyHash, admitted: at }]))
  }
  const stored = async () => {
    const secret = await store.get('Secret', ledgerName(grant.metadata.name))
    return secret && readLedger(secret)
  }
  return { store, book, log, run, ask, stored }
}

test('nobody is revoked where nobody asks', async () => {
  const { run, store } = site({})
  expect(await run()).toEqual([])
  expect(store.writes).toBe(0)
})

test('a revoked key is turned away, its grants know it as such and take no strangers any more', async () => {
  const { run, ask, book, stored } = site({})
  ask(WEST)
  expect(await run()).toEqual([WEST])
  expect(await book.find(WEST)).toMatchObject({ revoked: NOW.toISOString() })
  expect((await book.find(SOUTH))?.revoked).toBeUndefined()
  expect(await stored()).toMatchObject({
    closed: true,
    redeemers: [redeemer(SOUTH), { ...redeemer(WEST), revoked: true }],
  })
})

test('a grant that the site has not redeemed stays open to others, and closed to its key', async () => {
  const { run, ask, stored } = site({ redemptions: 1, redeemers: [redeemer(SOUTH)] })
  ask(WEST)
  await run()
  const ledger = await stored()
  expect(ledger?.closed).toBeUndefined()
  expect(ledger?.redeemers.at(-1)).toMatchObject({ keyHash: WEST, revoked: true })
})

test('a site whose key was made here may know any code that was used without a key', async () => {
  const { run, ask, stored } = site({ redemptions: 1, redeemers: [] }, [peer(WEST, { renews: false })])
  ask(WEST)
  await run()
  expect((await stored())?.closed).toBe(true)
})

test('what is asked for is done once, and not of a site that a token has let in since', async () => {
  const { run, ask, store, book } = site({})
  ask(WEST)
  await run()
  const { writes } = store
  expect(await run(new Date(NOW.getTime() + 1))).toEqual([WEST])
  expect(store.writes).toBe(writes)

  const later = site({}, [peer(WEST, { admitted: NOW.toISOString() })])
  later.ask(WEST)
  expect(await later.run()).toEqual([])
  expect((await book.find(WEST))?.revoked).toBe(NOW.toISOString())
})

test('routers need not know keys whose certificates have ended', async () => {
  const { run, ask } = site({})
  ask(WEST)
  await run()
  expect(await run(new Date(NOW.getTime() + 2 * HOUR_MS))).toEqual([])
})
