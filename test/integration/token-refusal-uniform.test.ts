import { expect, test } from 'vitest'
import { send, tokenSite } from '../support/token-site.ts'
import type { WireAnswer } from '../support/token-site.ts'

const DAY_MS = 24 * 3_600_000

/** Everything a stranger sees, save the time of day. */
function seen({ status, headers, body }: WireAnswer): unknown {
  return { status, body, headers: { ...headers, date: undefined } }
}

test('a stranger cannot tell unknown, wrong, used up and expired apart; the log can', async () => {
  const { token, clock, log } = await tokenSite()
  const answers = [await send(token, { path: '/no-such-grant' }), await send(token, { body: 'guess' })]
  answers.push(await send(token, { path: '/' }), await send(token, { body: '' }))
  expect((await send(token)).status).toBe(200)
  answers.push(await send(token))
  clock.now += DAY_MS
  answers.push(await send(token))
  const [first, ...others] = answers.map(seen)
  expect(first).toMatchObject({ status: 403 })
  for (const other of others) expect(other).toEqual(first)
  expect(log.all('reason')).toEqual(['unknown', 'wrong-code', 'unknown', 'wrong-code', 'used-up', 'expired'])
  expect(log.text).not.toContain(token.spec.code)
})
