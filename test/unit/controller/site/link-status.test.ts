import { expect, test } from 'vitest'
import { linkWithStatus, type LinkFacts } from '../../../../controller/site/link-status.ts'
import { NO_ROUTER, type RouterState } from '../../../../controller/router/router-state.ts'
import { conditionOf, link } from '../../../support/machine-resources.ts'

const NOW = new Date('2026-11-23T08:00:00Z')

function router(changes: Partial<RouterState>): RouterState {
  return { ...NO_ROUTER, isRunning: true, ...changes }
}

function withStatus(changes: Partial<LinkFacts>) {
  return linkWithStatus(link('to-east'), { router: router({}), network: [], note: undefined, now: NOW, ...changes })
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
  const second = linkWithStatus(first, { router: UP, network: [], note, now: later })
  expect(second).toEqual(first)
})

test('a link that goes down keeps the name of the site it led to', () => {
  const up = withStatus({ router: UP, network: [EAST] })
  const down = linkWithStatus(up, { router: NO_ROUTER, network: [], note: undefined, now: NOW })
  expect(down.status?.remoteSiteName).toBe('east')
  expect(down.status?.status).toBe('Pending')
})
