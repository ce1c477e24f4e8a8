import { expect, test } from 'vitest'
import { GRANT_LABEL, ledgerSecret, readLedger } from '../../../../controller/token-server/grant-ledger.ts'
import { Grants } from '../../../../controller/token-server/grants.ts'
import { secretData } from '../../../../core/model/secret.ts'
import { accessGrant, GRANT_UID } from '../../../support/access-grants.ts'
import { MemoryStore } from '../../../support/memory-store.ts'

const NOW = new Date(Date.UTC(2030, 0, 1))
const serving = { kind: 'serving', baseUrl: 'https://site.example:9091', ca: 'CA PEM' } as const

async function reconciled() {
  const store = new MemoryStore([accessGrant()])
  const grants = new Grants(store)
  await grants.reconcile(serving, NOW)
  return { store, grants }
}

test('a grant gets a ledger and a status, and a second pass writes nothing', async () => {
  const { store, grants } = await reconciled()
  const secret = await store.get('Secret', 'east-code')
  expect(secret?.metadata.labels?.[GRANT_LABEL]).toBe(GRANT_UID)
  expect((await store.get('AccessGrant', 'east'))?.status?.status).toBe('Ready')
  const { writes } = store
  await grants.reconcile(serving, new Date(NOW.getTime() + 60_000))
  expect(store.writes).toBe(writes)
})

test('what was redeemed shows in the status at the next pass', async () => {
  const { store, grants } = await reconciled()
  await grants.withGrant(GRANT_UID, async (stored) => {
    if (stored !== undefined) await stored.save({ ...stored.ledger, redemptions: 1 })
  })
  await grants.reconcile(serving, NOW)
  expect((await store.get('AccessGrant', 'east'))?.status?.redemptions).toBe(1)
})

test('the ledger of a grant that is gone is removed; other Secrets stay', async () => {
  const { store, grants } = await reconciled()
  store.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mine' }, data: secretData({ a: 'b' }) })
  await store.deleteRuntime('AccessGrant', 'east')
  await grants.reconcile(serving, NOW)
  expect((await store.list('Secret')).map(({ metadata }) => metadata.name)).toEqual(['mine'])
})

test('a grant made again under the same name starts with a ledger of its own', async () => {
  const { store, grants } = await reconciled()
  const before = await grants.withGrant(GRANT_UID, (stored) => Promise.resolve(stored?.ledger.code))
  const again = accessGrant()
  store.put({ ...again, metadata: { ...again.metadata, uid: 'second' } })
  expect(await grants.withGrant('second', (stored) => Promise.resolve(stored))).toBeUndefined()
  await grants.reconcile(serving, NOW)
  const after = await grants.withGrant('second', (stored) => Promise.resolve(stored?.ledger.code))
  expect(after).toMatch(/^[A-Za-z0-9]{24}$/)
  expect(after).not.toBe(before)
  expect(await grants.withGrant(GRANT_UID, (stored) => Promise.resolve(stored))).toBeUndefined()
})

test('a broken ledger is left as it is, its grant says so, and other grants are served', async () => {
  const other = accessGrant()
  const store = new MemoryStore([accessGrant(), { ...other, metadata: { name: 'west', uid: 'u-2' } }])
  const broken = {
    ...ledgerSecret(accessGrant(), { code: 'x', redemptions: 0, redeemers: [] }),
    data: secretData({ code: 'x', redemptions: '?' }),
  }
  store.put(broken)
  await new Grants(store).reconcile(serving, NOW)
  expect(await store.get('Secret', 'east-code')).toEqual(broken)
  expect((await store.get('AccessGrant', 'east'))?.status?.message).toContain('east-code')
  expect((await store.get('AccessGrant', 'west'))?.status?.status).toBe('Ready')
})

test('a reconciliation during a redemption waits for it, so that no use is lost', async () => {
  const { store, grants } = await reconciled()
  const [secret] = await store.list('Secret')
  expect(secret).toBeDefined()
  const redeeming = grants.withGrant(GRANT_UID, async (stored) => {
    await Promise.resolve()
    await stored?.save({ ...stored.ledger, redemptions: 5 })
  })
  const grant = accessGrant({ code: 'changed' })
  store.put(grant)
  await Promise.all([redeeming, grants.reconcile(serving, NOW)])
  const after = await store.get('Secret', 'east-code')
  expect(after && readLedger(after)).toMatchObject({ code: 'changed', redemptions: 5 })
})
