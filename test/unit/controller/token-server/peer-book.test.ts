import { beforeAll, expect, test } from 'vitest'
import { PeerBook, type GivenCertificate } from '../../../../controller/token-server/peer-book.ts'
import { PEERS_SECRET } from '../../../../core/model/link-peers.ts'
import { secretData } from '../../../../core/model/secret.ts'
import { issueCredentials } from '../../../../core/pki/issue.ts'
import { issuingSite } from '../../../support/issuing-site.ts'
import { conflict, MemoryStore } from '../../../support/memory-store.ts'

const NOW = Date.UTC(2030, 0, 1)
const HOUR_MS = 3_600_000
const OLD = 'a'.repeat(64)
const NEW = 'b'.repeat(64)

let certificate: string

beforeAll(async () => {
  const { authority } = await issuingSite(NOW)
  certificate = (await issueCredentials(authority, { commonName: 'west', now: NOW, lifeMs: HOUR_MS })).certificate
})

const given = (changes: Partial<GivenCertificate> = {}): GivenCertificate => ({
  ...{ certificate, issuer: OLD, siteId: 'west-id', siteName: 'west', isKeyOurs: false, isAdmission: true, now: NOW },
  ...changes,
})

function book() {
  const store = new MemoryStore()
  const peers = new PeerBook(store)
  const only = async () => {
    const [peer, ...others] = await peers.all()
    if (peer === undefined || others.length > 0) throw new Error(`${String(others.length)} others`)
    return peer
  }
  return { store, peers, only }
}

test('who redeems a token is known by key, with what it calls itself and when its certificate ends', async () => {
  const { peers, only } = book()
  await peers.redeemed(given())
  const peer = await only()
  const expires = new Date(NOW + HOUR_MS).toISOString()
  expect(peer).toMatchObject({ siteId: 'west-id', siteName: 'west', expires, issuer: OLD, renews: true })
  expect(await peers.find(peer.keyHash)).toEqual(peer)
  expect(await peers.find(NEW)).toBeUndefined()
})

test('a known peer counts as using its certificate until it shows another, or until that has ended', async () => {
  const { peers, only } = book()
  await peers.redeemed(given())
  await peers.redeemed(given({ issuer: NEW, isAdmission: false, now: NOW + HOUR_MS / 2 }))
  expect((await only()).issuer).toBe(OLD)
  await peers.showed((await only()).keyHash, NEW)
  expect((await only()).issuer).toBe(NEW)
  await peers.redeemed(given({ now: NOW + 2 * HOUR_MS }))
  expect((await only()).issuer).toBe(OLD)
})

test('a revoked peer stays so until a token lets it in again', async () => {
  const { peers, only } = book()
  await peers.redeemed(given())
  const { keyHash, admitted } = await only()
  await peers.revoke(keyHash, new Date(NOW - 1).toISOString(), new Date(NOW + 1))
  expect((await only()).revoked).toBeUndefined()
  await peers.revoke(keyHash, admitted, new Date(NOW + 1))
  await peers.redeemed(given({ isAdmission: false, now: NOW + 2 }))
  expect(await only()).toMatchObject({ admitted, revoked: new Date(NOW + 1).toISOString() })
  await peers.redeemed(given({ now: NOW + 3 }))
  expect((await only()).revoked).toBeUndefined()
})

test('nothing is taken down of who is not known', async () => {
  const { peers } = book()
  await peers.showed(OLD, NEW)
  await peers.renew(OLD, certificate)
  expect(await peers.all()).toEqual([])
})

test('what somebody else wrote in between is read again', async () => {
  const { store, peers, only } = book()
  let conflicts = 2
  store.beforeWrite = () => {
    if (conflicts-- > 0) throw conflict()
  }
  await peers.redeemed(given())
  expect((await only()).siteId).toBe('west-id')
})

test('a list that cannot be read is left as it is', async () => {
  const { store, peers } = book()
  const data = secretData({ peers: '[{"keyHash":"none"}]' })
  store.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: PEERS_SECRET }, data })
  await expect(peers.redeemed(given())).rejects.toMatchObject({ code: 'peers/broken' })
  expect(store.writes).toBe(0)
})
