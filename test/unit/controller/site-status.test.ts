import { expect, test } from 'vitest'
import { NO_ROUTER, type RouterState } from '../../../controller/router-state.ts'
import {
  accessWithStatus,
  advertisedHost,
  siteWithStatus,
  surplusSite,
  type SiteFacts,
} from '../../../controller/site-status.ts'
import { conditionOf, routerAccess, site } from '../../support/machine-resources.ts'

const NOW = new Date('2026-11-23T08:00:00Z')
const ACCESS = routerAccess('skupper-router')

function listening(isUp: boolean, message = ''): RouterState {
  return {
    ...NO_ROUTER,
    isRunning: true,
    listeners: new Map([['skupper-router-inter-router', { isUp, message }]]),
  }
}

const accessFacts = { site: site('east'), note: undefined, outsideHost: '192.0.2.7', now: NOW }
const READY_ACCESS = accessWithStatus(ACCESS, { ...accessFacts, router: listening(true) })

function facts(changes: Partial<SiteFacts> = {}): SiteFacts {
  return {
    router: listening(true),
    accesses: [READY_ACCESS],
    note: undefined,
    tokenTrouble: undefined,
    problems: [],
    sitesInNetwork: 1,
    namespace: 'east',
    version: '1.2.3',
    now: NOW,
    ...changes,
  }
}

test('an access the router listens for is ready and has endpoints', () => {
  expect(READY_ACCESS.status).toMatchObject({
    status: 'Ready',
    endpoints: [{ name: 'inter-router', host: '127.0.1.1', port: '55671', group: 'skupper-router' }],
  })
})

test('a role without a port has the one of Skupper v2', () => {
  const access = routerAccess('skupper-router', { roles: [{ name: 'inter-router' }] })
  const made = accessWithStatus(access, { ...accessFacts, router: listening(true) })
  expect(made.status?.endpoints?.[0]?.port).toBe('55671')
})

test.each([
  ['there is no router', NO_ROUTER, 'False Pending The router is not running'],
  ['the router has not got it', { ...NO_ROUTER, isRunning: true }, 'False Pending The router is being configured'],
  ['its port is taken', listening(false, 'port already in use'), 'False Error port already in use'],
  ['it is not listened for', listening(false), 'False Error The router does not listen for inter-router'],
])('an access is unresolved while %s', (_what, router, expected) => {
  const made = accessWithStatus(ACCESS, { ...accessFacts, router })
  expect(conditionOf(made, 'Resolved')).toBe(expected)
  expect(made.status?.status).not.toBe('Ready')
})

test('an access that cannot be configured has no endpoints', () => {
  const note = { kind: 'RouterAccess', name: 'skupper-router', reason: 'Error', message: 'no role' } as const
  const made = accessWithStatus(ACCESS, { ...accessFacts, note, router: listening(true) })
  expect(made.status).toMatchObject({ status: 'Error', message: 'no role', endpoints: [] })
})

test('others are told the first name that is no wildcard', () => {
  const wild = site('east', { settings: { 'link-host': '0.0.0.0' } })
  const unnamed = routerAccess('a', { subjectAlternativeNames: ['::'] })
  expect(advertisedHost(ACCESS, wild, '192.0.2.7')).toBe('127.0.1.1')
  expect(advertisedHost(unnamed, site('east', { settings: { 'link-host': '127.0.9.9' } }), '192.0.2.7')).toBe(
    '127.0.9.9',
  )
  expect(advertisedHost(unnamed, wild, '192.0.2.7')).toBe('192.0.2.7')
})

test('a site whose router runs and whose tokens can be issued is ready', () => {
  expect(siteWithStatus(site('east'), facts({ sitesInNetwork: 3 })).status).toMatchObject({
    status: 'Ready',
    message: 'OK',
    defaultIssuer: 'skupper-site-ca',
    controller: { name: 'skupper-controller', namespace: 'east', version: '1.2.3' },
    endpoints: [{ name: 'inter-router', host: '127.0.1.1' }],
    sitesInNetwork: 3,
  })
})

test.each([
  ['the router starts', { router: NO_ROUTER }, { status: 'Pending', message: 'The router is starting' }],
  [
    'the router fails',
    { router: { ...NO_ROUTER, trouble: 'exit code 1' } },
    { status: 'Pending', message: 'exit code 1' },
  ],
  [
    'tokens cannot be issued',
    { tokenTrouble: { reason: 'Pending', message: 'no port' } },
    { status: 'Pending', message: 'no port' },
  ],
  [
    'an access is in error',
    { accesses: [accessWithStatus(ACCESS, { ...accessFacts, router: listening(false, 'port already in use') })] },
    { status: 'Error', message: 'port already in use' },
  ],
] as const)('a site is not ready while %s', (_what, changes, expected) => {
  expect(siteWithStatus(site('east'), facts(changes)).status).toMatchObject(expected)
})

test('a site that nobody can link to needs no tokens', () => {
  const made = siteWithStatus(
    site('east', { linkAccess: 'none' }),
    facts({ accesses: [], tokenTrouble: { reason: 'Error', message: 'x' } }),
  )
  expect(made.status?.status).toBe('Ready')
  expect(conditionOf(made, 'Resolved')).toBeUndefined()
})

test('an access type that machines do not have is refused', () => {
  const made = siteWithStatus(site('east', { linkAccess: 'loadbalancer' }), facts())
  expect(conditionOf(made, 'Configured')).toContain('False Error Unsupported value for LinkAccess: "loadbalancer"')
})

test('broken files are named and change nothing else', () => {
  const problems = ['a.yaml line 3: bad', 'b.yaml: bad', 'c.yaml: bad', 'd.yaml: bad', 'e.yaml: bad']
  const made = siteWithStatus(site('east'), facts({ problems }))
  expect(conditionOf(made, 'ResourcesValid')).toBe(
    'False Error a.yaml line 3: bad; b.yaml: bad; c.yaml: bad; and 2 more',
  )
  expect(made.status?.status).toBe('Ready')
})

test('a second site is told which one is active', () => {
  const made = surplusSite(site('west'), site('east'), NOW)
  expect(made.status).toMatchObject({
    status: 'Error',
    message: 'An active site already exists in the namespace (east)',
  })
})
