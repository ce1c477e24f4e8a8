import { expect, test } from 'vitest'
import { linkWithStatus, type LinkFacts } from '../../../../controller/site/link-status.ts'
import { NO_ROUTER, type RouterState } from '../../../../controller/router/router-state.ts'
import { conditionOf, link } from '../../../support/machine-resources.ts'

const NOW = new Date('2026-11-23T08:00:00Z')

const FACTS: LinkFacts = {
  router: NO_ROUTER,
  network: [],
  note: undefined,
  linkCertificates: new Map(),
  now: NOW,
}

function router(changes: Partial<RouterState>): RouterState {
  return { ...NO_ROUTER, isRunning: true, ...changes }
}

function withStatus(changes: Partial<LinkFacts>) {
  return linkWithStatus(link('to-east'), { ...FACTS, router: router({}), ...changes })
}

const UP = router({
  connectors: new Map([['to-east', { isUp: true, message: '' }]]),
  neighbours: [{ routerId: 'east-1', direction: 'out', host: '127.0.1.1:55671' }],
})
const EAST = {
  id: 'site-east',
  name: 'east',
  namespace: 'east',
  platform: 'linux',
  version: '1',
  routers: [{ id: 'east-1', name: '0/east-1', mode: 'interior' }],
  links: [],
  services: [],
}

test('a link that is up is operational and names the site it leads to', () => {
  const { status } = withStatus({ router: UP, network: [EAST] })
  expect(status).toMatchObject({ status: 'Ready', message: 'OK', remoteSiteId: 'site-east', remoteSiteName: 'east' })
})

test('a link may be up before it is known where it leads', () => {
  const made = withStatus({ router: UP })
  expect(conditionOf(made, 'Operational')).toBe('True Ready OK')
  expect(made.status?.remoteSiteId).toBeUndefined()
})

test("a link that is down gives the router's own reason", () => {
  const down = new Map([['to-east', { isUp: false, message: 'connection refused' }]])
  const made = withStatus({ router: router({ connectors: down }) })
  expect(conditionOf(made, 'Configured')).toBe('True Ready OK')
  expect(conditionOf(made, 'Operational')).toBe('False Pending connection refused')
  expect(made.status?.message).toBe('connection refused')
})

test.each([
  ['no router', { router: NO_ROUTER }, 'False Pending The router is not running'],
  ['no connector', { router: router({}) }, 'False Pending The router is being configured'],
  [
    'no reason',
    { router: router({ connectors: new Map([['to-east', { isUp: false, message: '' }]]) }) },
    'False Pending Not operational',
  ],
])('with %s it is pending', (_what, facts, expected) => {
  expect(conditionOf(withStatus(facts), 'Operational')).toBe(expected)
})

test('a link that cannot be configured says why under both conditions', () => {
  const note = { kind: 'Link', name: 'to-east', reason: 'Error', message: 'no endpoint' } as const
  const made = withStatus({ note, router: UP })
  expect(conditionOf(made, 'Configured')).toBe('False Error no endpoint')
  expect(conditionOf(made, 'Operational')).toBe('False Error no endpoint')
})

test('a remark is no trouble, and the transition time moves only with the condition', () => {
  const note = { kind: 'Link', name: 'to-east', reason: 'Ready', message: 'by the way' } as const
  const first = withStatus({ router: UP, note })
  const later = new Date('2026-11-23T09:00:00Z')
  const second = linkWithStatus(first, { ...FACTS, router: UP, note, now: later })
  expect(second).toEqual(first)
})

test('a link that goes down keeps the name of the site it led to', () => {
  const up = withStatus({ router: UP, network: [EAST] })
  const down = linkWithStatus(up, { ...FACTS, router: NO_ROUTER })
  expect(down.status?.remoteSiteName).toBe('east')
  expect(down.status?.status).toBe('Pending')
})

const DAY_MS = 24 * 3_600_000

function certificateStatement(days: number, obstacle?: string): string | undefined {
  const notAfter = NOW.getTime() + days * DAY_MS
  const certificate = { lifetime: { notBefore: 0, notAfter }, obstacle }
  const made = withStatus({ router: UP, linkCertificates: new Map([['to-east', certificate]]) })
  expect(made.status?.status).toBe('Ready')
  return conditionOf(made, 'CertificateValid')
}

test('a link says until when its certificate lasts, and warns 30 days before if nobody renews it', () => {
  expect(certificateStatement(10)).toBe('True Ready The certificate ends at 2026-12-03T08:00:00.000Z')
  expect(certificateStatement(31, 'the reason')).toBe('True Ready The certificate ends at 2026-12-24T08:00:00.000Z')
  expect(certificateStatement(29, 'the reason')).toBe(
    'False Error The certificate ends at 2026-12-22T08:00:00.000Z and is not renewed: the reason',
  )
  expect(certificateStatement(-1, 'the reason')).toBe(
    'False Error The certificate ended at 2026-11-22T08:00:00.000Z and is not renewed: the reason',
  )
  expect(conditionOf(withStatus({ router: UP }), 'CertificateValid')).toBeUndefined()
})

test('a link that is down also says what its site answered when it was asked anew', () => {
  const down = router({ connectors: new Map([['to-east', { isUp: false, message: 'connection refused' }]]) })
  const lifetime = { notBefore: 0, notAfter: NOW.getTime() + 365 * DAY_MS }
  const certificate = { lifetime, obstacle: 'refused', failure: 'the token was refused' }
  const made = withStatus({ router: down, linkCertificates: new Map([['to-east', certificate]]) })
  expect(conditionOf(made, 'Operational')).toBe('False Pending connection refused; the token was refused')
})

test('a link of several routers says how many of them have it up, and a link of one says nothing', () => {
  const state = (up: number) =>
    router({ connectors: new Map([['to-east', { isUp: true, message: '', connections: { up, total: 2 } }]]) })
  const one = withStatus({ router: state(1) })
  expect(conditionOf(one, 'AllConnected')).toBe('False Pending 1 of 2 connections')
  expect(one.status?.status).toBe('Ready')
  const both = linkWithStatus(one, { ...FACTS, router: state(2) })
  expect(conditionOf(both, 'AllConnected')).toBe('True Ready 2 of 2 connections')
  expect(conditionOf(linkWithStatus(both, { ...FACTS, router: UP }), 'AllConnected')).toBeUndefined()
})
