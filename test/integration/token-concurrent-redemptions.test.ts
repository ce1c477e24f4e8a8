import { expect, test } from 'vitest'
import { redeemer, send, tokenSite } from '../support/token-site.ts'

test('50 redemptions at once of a token for one use, with keys and without, give exactly one certificate', async () => {
  const { token, ledger, log } = await tokenSite()
  const withKeys = Array.from({ length: 10 }, (_, index) => redeemer(`site-${String(index)}`).redeem(token))
  const without = Array.from({ length: 40 }, () => send(token))
  const [redeemed, answers] = await Promise.all([Promise.allSettled(withKeys), Promise.all(without)])
  const certificates = redeemed.filter(({ status }) => status === 'fulfilled').length
  expect(certificates + answers.filter(({ status }) => status === 200).length).toBe(1)
  expect((await ledger()).redemptions).toBe(1)
  expect(log.all('outcome')).toEqual(['issue'])
})

test('one site that asks several times at once gets its certificate each time for one use', async () => {
  const { token, ledger } = await tokenSite()
  const { redeem } = redeemer('west-id')
  await Promise.all([redeem(token), redeem(token), redeem(token)])
  expect((await ledger()).redemptions).toBe(1)
})

test('25 requests without a key of their own for three uses get exactly three', async () => {
  const { token, ledger } = await tokenSite({ redemptionsAllowed: 3 })
  const answers = await Promise.all(Array.from({ length: 25 }, () => send(token)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
  expect((await ledger()).redemptions).toBe(3)
})
