import { expect, test } from 'vitest'
import { ledgerSecret } from '../../controller/token-server/grant-ledger.ts'
import { accessGrant } from '../support/access-grants.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { redeemer, tokenSite } from '../support/token-site.ts'

const DAY_MS = 24 * 3_600_000

test('the same token redeemed again with the same key works after its expiry, and costs no use', async () => {
  const { token, clock, ledger, log } = await tokenSite()
  const west = redeemer('west-id')
  const first = await west.redeem(token)
  clock.now += 30 * DAY_MS
  const again = await west.redeem({ ...token, metadata: { name: 'made-again' } })
  expect(again.credentials.key).toBe(first.credentials.key)
  expect(again.links[0]?.metadata.name).toBe('made-again')
  expect((await ledger()).redemptions).toBe(1)
  expect(log.all('outcome')).toEqual(['issue', 'reissue'])
})

test('another key is refused once the uses are spent, whatever site it says it is', async () => {
  const { token, log } = await tokenSite()
  await redeemer('west-id').redeem(token)
  await expect(redeemer('west-id').redeem(token)).rejects.toMatchObject({ code: 'redemption/refused' })
  expect(log.all('reason')).toEqual(['used-up'])
})

test('another key is refused once the grant has expired, though uses are left', async () => {
  const { token, clock, log } = await tokenSite({ redemptionsAllowed: 5 })
  await redeemer('west-id').redeem(token)
  clock.now += DAY_MS
  await expect(redeemer('south-id').redeem(token)).rejects.toMatchObject({ code: 'redemption/refused' })
  expect(log.all('reason')).toEqual(['expired'])
})

test('a key that had a certificate gets none any more once it was revoked, or its grant is gone', async () => {
  const grant = accessGrant({ redemptionsAllowed: 5 })
  const store = new MemoryStore([grant])
  const { token, log, ledger } = await tokenSite({}, store)
  const [west, south] = [redeemer('west-id'), redeemer('south-id')]
  await Promise.all([west.redeem(token), south.redeem(token)])

  const { redeemers, ...rest } = await ledger()
  const revoked = redeemers.map((each) => (each.subject === 'west-id' ? { ...each, revoked: true } : each))
  await store.applyRuntime(ledgerSecret(grant, { ...rest, redeemers: revoked }))
  await expect(west.redeem(token)).rejects.toMatchObject({ code: 'redemption/refused' })
  await south.redeem(token)

  await store.deleteRuntime('AccessGrant', grant.metadata.name)
  await expect(south.redeem(token)).rejects.toMatchObject({ code: 'redemption/refused' })
  expect(log.all('reason')).toEqual(['revoked', 'unknown'])
})
