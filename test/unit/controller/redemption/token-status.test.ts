import { expect, test } from 'vitest'
import { withRedemption } from '../../../../controller/redemption/token-status.ts'
import { accessToken } from '../../../support/access-tokens.ts'

const NOW = new Date(Date.UTC(2030, 0, 1))
const LATER = new Date(Date.UTC(2030, 0, 2))

test('a token that is being tried is pending with what went wrong', () => {
  const { status } = withRedemption(accessToken(), { kind: 'trying', message: 'no answer' }, NOW)
  expect(status).toMatchObject({ redeemed: false, status: 'Pending', message: 'no answer' })
  expect(status?.conditions?.[0]).toMatchObject({ type: 'Redeemed', status: 'False', reason: 'Pending' })
})

test('a token that was refused is in error with the reason', () => {
  const { status } = withRedemption(accessToken(), { kind: 'failed', message: 'refused' }, NOW)
  expect(status).toMatchObject({ redeemed: false, status: 'Error', message: 'refused' })
  expect(status?.conditions?.[0]).toMatchObject({ type: 'Redeemed', status: 'False', reason: 'Error' })
})

test('a redeemed token is ready, and the time of each change stays', () => {
  const tried = withRedemption(accessToken(), { kind: 'trying', message: 'x' }, NOW)
  const redeemed = withRedemption(tried, { kind: 'redeemed' }, LATER)
  expect(redeemed.status).toMatchObject({ redeemed: true, status: 'Ready', message: 'OK' })
  expect(redeemed.status?.conditions?.[0]?.lastTransitionTime).toBe(LATER.toISOString())
  expect(withRedemption(redeemed, { kind: 'redeemed' }, new Date(LATER.getTime() + 1000))).toEqual(redeemed)
})
