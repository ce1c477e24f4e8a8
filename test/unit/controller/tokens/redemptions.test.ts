import { expect, onTestFinished, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import type { Redeemed } from '../../../../controller/redemption/read-answer.ts'
import { isBegun, Redemptions, type RedemptionsOptions } from '../../../../controller/tokens/redemptions.ts'
import { accessToken } from '../../../support/access-tokens.ts'
import { eventually } from '../../../support/eventually.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'
import { redeemedLink } from '../../../support/redeemed-link.ts'

const TOKEN = { ...accessToken(), metadata: { name: 'to-east', uid: 'token-1' } }

type Redeem = RedemptionsOptions['redeem']

function redemptionsWith(redeem: Redeem) {
  const clock = { now: 0, changes: 0 }
  const options = { redeem, now: () => clock.now, log: new RecordedLog(), onChange: () => clock.changes++ }
  const redemptions = new Redemptions(options)
  onTestFinished(() => redemptions.close())
  return { redemptions, clock, log: options.log }
}

const failing =
  (code: string): Redeem =>
  () =>
    Promise.reject(new SkupperError(code, `failed: ${code}`))

test('a token is redeemed once, in the background', async () => {
  let calls = 0
  const { redemptions, clock } = redemptionsWith(() => {
    calls++
    return Promise.resolve(redeemedLink('to-east'))
  })
  expect(redemptions.progress(TOKEN)).toMatchObject({ kind: 'trying' })
  await eventually(() => clock.changes === 1)
  expect(redemptions.progress(TOKEN)).toEqual({ kind: 'done', redeemed: redeemedLink('to-east') })
  expect(calls).toBe(1)
})

test('a failure on the way is told while it goes on trying', async () => {
  let finish: (redeemed: Redeemed) => void = () => undefined
  const { redemptions, clock } = redemptionsWith((_token, { onRetry }) => {
    onRetry(new SkupperError('redemption/unreachable', 'cannot reach it'), 100)
    return new Promise((resolve) => (finish = resolve))
  })
  redemptions.progress(TOKEN)
  expect(redemptions.progress(TOKEN)).toEqual({ kind: 'trying', message: 'cannot reach it' })
  finish(redeemedLink('to-east'))
  await eventually(() => clock.changes === 2)
  expect(redemptions.progress(TOKEN).kind).toBe('done')
})

test('what cannot work is not tried again', async () => {
  const { redemptions, clock } = redemptionsWith(failing('redemption/refused'))
  redemptions.progress(TOKEN)
  await eventually(() => clock.changes === 1)
  clock.now += 3_600_000
  expect(redemptions.progress(TOKEN)).toEqual({ kind: 'failed', message: 'failed: redemption/refused' })
})

test('what may pass is tried again after a minute, and says until then what is wrong', async () => {
  let calls = 0
  const { redemptions, clock } = redemptionsWith((...given) => {
    calls++
    return failing('redemption/unreachable')(...given)
  })
  redemptions.progress(TOKEN)
  await eventually(() => clock.changes === 1)
  clock.now += 59_999
  redemptions.progress(TOKEN)
  expect(calls).toBe(1)
  clock.now += 1
  expect(redemptions.progress(TOKEN)).toMatchObject({ kind: 'trying', message: 'failed: redemption/unreachable' })
  expect(calls).toBe(2)
})

test('the redemption of a token that is gone is given up, without a word', async () => {
  const { redemptions, clock, log } = redemptionsWith(
    (_token, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new SkupperError('redemption/unreachable', 'given up'))
        })
      }),
  )
  redemptions.progress(TOKEN)
  redemptions.keepOnly([])
  await redemptions.close()
  expect(clock.changes).toBe(0)
  expect(log.lines).toEqual([])
})

test('no secret gets into the log', async () => {
  const { redemptions, clock, log } = redemptionsWith(() => Promise.resolve(redeemedLink('to-east')))
  redemptions.progress(TOKEN)
  await eventually(() => clock.changes === 1)
  expect(log.text).not.toContain('key of')
  expect(log.text).not.toContain(TOKEN.spec.code)
})

test('with a pause of its own a token is redeemed anew when that is over', async () => {
  let calls = 0
  const { redemptions, clock } = redemptionsWith(() => {
    calls++
    return Promise.resolve(redeemedLink('to-east'))
  })
  const begun = redemptions.progress(TOKEN, 1_000)
  expect(isBegun(begun)).toBe(true)
  await eventually(() => clock.changes === 1)
  clock.now += 999
  expect(isBegun(redemptions.progress(TOKEN, 1_000))).toBe(false)
  expect(calls).toBe(1)
  clock.now += 1
  expect(redemptions.progress(TOKEN, 1_000)).toMatchObject({ kind: 'done' })
  expect(calls).toBe(2)
})
