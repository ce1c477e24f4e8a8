import { expect, test } from 'vitest'
import { redeemer, send, tokenSite } from '../support/token-site.ts'

test('an address that sends wrong codes is held up, and heard again after a while', async () => {
  const { token, clock, log } = await tokenSite()
  const statuses: number[] = []
  for (let count = 0; count < 40; count += 1)
    statuses.push((await send(token, { body: `guess-${String(count)}` })).status)
  expect(new Set(statuses.slice(0, 30))).toEqual(new Set([403]))
  expect(new Set(statuses.slice(30))).toEqual(new Set([429]))
  const held = await send(token)
  expect([held.status, held.headers['retry-after']]).toEqual([429, '2'])
  expect(log.all('reason').filter((reason) => reason === 'too-many-attempts')).toHaveLength(1)
  clock.now += 60_000
  await redeemer('west-id').redeem(token)
})
