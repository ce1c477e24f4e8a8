import { expect, test } from 'vitest'
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
