import { describe, expect, test } from 'vitest'
import { randomCode, reconcileGrant } from '../../../../controller/token-server/reconcile-grant.ts'
import type { GrantContext } from '../../../../controller/token-server/reconcile-grant.ts'
import type { Condition } from '../../../../core/model/condition.ts'
import { accessGrant, GRANT_UID } from '../../../support/access-grants.ts'

const NOW = new Date(Date.UTC(2030, 0, 1))
const serving = { kind: 'serving', baseUrl: 'https://site.example:9091', ca: 'CA PEM' } as const

function context(changes: Partial<GrantContext> = {}): GrantContext {
  return { ledger: undefined, server: serving, now: NOW, newCode: () => 'new-code', ...changes }
}

const truths = (conditions: Condition[] | undefined) =>
  conditions?.map(({ type, status, message }) => `${type} ${status} ${message ?? ''}`)

describe('reconcileGrant', () => {
  test('fills in defaults, code, url, ca and the time of expiry, and is ready', () => {
    const { grant, ledger } = reconcileGrant(accessGrant(), context())
    expect(ledger).toEqual({ code: 'new-code', redemptions: 0, redeemers: [] })
    expect(grant.spec).toEqual({ redemptionsAllowed: 1, expirationWindow: '15m' })
    expect(grant.status).toMatchObject({
      url: `https://site.example:9091/${GRANT_UID}`,
      ca: 'CA PEM',
      redemptions: 0,
      expirationTime: '2030-01-01T00:15:00.000Z',
      status: 'Ready',
      message: 'OK',
    })
    expect(truths(grant.status?.conditions)).toEqual(['Processed True OK', 'Resolved True OK', 'Ready True OK'])
    expect(grant.status?.code).toBe('new-code')
  })

  test('keeps the code of a grant of our own command line out of what anybody reads', () => {
    const plain = accessGrant()
    const ours = { ...plain, metadata: { ...plain.metadata, labels: { 'app.kubernetes.io/managed-by': 'skupper' } } }
    const { grant, ledger } = reconcileGrant(ours, context())
    expect(ledger?.code).toBe('new-code')
    expect(JSON.stringify(grant)).not.toContain('new-code')
  })

  test('a second time, later, it changes nothing', () => {
    const first = reconcileGrant(accessGrant(), context())
    const later = { ledger: first.ledger, now: new Date(NOW.getTime() + 600_000), newCode: () => 'another' }
    expect(reconcileGrant(first.grant, context(later))).toEqual(first)
  })

  test('takes the code of the spec, also when it changes, and keeps what was redeemed', () => {
    const ledger = { code: 'old', redemptions: 3, redeemers: [] }
    const made = reconcileGrant(accessGrant({ code: 'mine' }), context({ ledger }))
    expect(made.ledger).toEqual({ code: 'mine', redemptions: 3, redeemers: [] })
    expect(made.grant.status?.redemptions).toBe(3)
  })

  test('a lost ledger gets a new code and does not forget the uses', () => {
    const { ledger } = reconcileGrant(accessGrant({}, { redemptions: 2 }), context())
    expect(ledger).toEqual({ code: 'new-code', redemptions: 2, redeemers: [] })
  })

  test('is pending with the reason while the token server is not there', () => {
    const { grant } = reconcileGrant(
      accessGrant(),
      context({ server: { kind: 'starting', message: 'port 9091 is taken' } }),
    )
    expect(truths(grant.status?.conditions)).toEqual([
      'Processed True OK',
      'Resolved False port 9091 is taken',
      'Ready False port 9091 is taken',
    ])
    expect(grant.status?.status).toBe('Pending')
    expect(grant.status?.expirationTime).toBe('2030-01-01T00:15:00.000Z')
  })

  test('is refused with the reason at a site that gives no access', () => {
    const server = { kind: 'refused', message: 'An edge site cannot accept links' } as const
    const { grant, ledger } = reconcileGrant(accessGrant(), context({ server }))
    expect(ledger).toBeUndefined()
    expect(grant.status).toMatchObject({ status: 'Error', message: 'An edge site cannot accept links' })
    expect(grant.status?.expirationTime).toBeUndefined()
  })
})

test('a code has 24 letters and digits and differs each time', () => {
  const codes = Array.from({ length: 50 }, randomCode)
  for (const code of codes) expect(code).toMatch(/^[A-Za-z0-9]{24}$/)
  expect(new Set(codes).size).toBe(50)
})
