import { expect, test } from 'vitest'
import { NO_ROUTER, type RouterState } from '../../../../controller/router/router-state.ts'
import {
  accessWithStatus,
  siteWithStatus,
  surplusSite,
  type SiteFacts,
} from '../../../../controller/site/site-status.ts'
import { machineEndpoints } from '../../../../controller/machine/machine-access.ts'
import { createAuthority, readAuthority } from '../../../../core/pki/authority.ts'
import { issueCredentials } from '../../../../core/pki/issue.ts'
import type { RouterAccess } from '../../../../core/model/router-access.ts'
import { conditionOf, routerAccess, site } from '../../../support/machine-resources.ts'

const NOW = new Date('2026-11-23T08:00:00Z')
const DAY_MS = 24 * 3_600_000
const ACCESS = routerAccess('skupper-router')

const RUNNING: RouterState = { ...NO_ROUTER, isRunning: true }
const LISTENING: RouterState = {
  ...RUNNING,
  listeners: new Map([['skupper-router-inter-router', { isUp: true, message: '' }]]),
}
const IN_USE = new Map([['skupper-router-inter-router', 'port already in use']])

const accessFacts = {
  router: LISTENING,
  note: undefined,
  refusals: new Map<string, string>(),
  reach: (access: RouterAccess) => ({ endpoints: machineEndpoints(access, { site: site('east'), machineHosts: [] }) }),
  now: NOW,
}
const READY_ACCESS = accessWithStatus(ACCESS, accessFacts)

function facts(changes: Partial<SiteFacts> = {}): SiteFacts {
  return {
    router: LISTENING,
    accesses: [READY_ACCESS],
    note: undefined,
    tokenTrouble: undefined,
    serverCredentials: undefined,
    problems: [],
    sitesInNetwork: 1,
    place: { controllerName: 'skupper-controller', linkAccess: ['default', 'none'] },
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
  const made = accessWithStatus(access, accessFacts)
  expect(made.status?.endpoints?.[0]?.port).toBe('55671')
})

test.each([
  ['there is no router', { router: NO_ROUTER }, 'False Pending The router is not running'],
  ['the router has not got it', { router: RUNNING }, 'False Pending The router is being configured'],
  ['its port is taken', { router: RUNNING, refusals: IN_USE }, 'False Error port already in use'],
])('an access is unresolved while %s', (_what, changes, expected) => {
  const made = accessWithStatus(ACCESS, { ...accessFacts, ...changes })
  expect(conditionOf(made, 'Resolved')).toBe(expected)
  expect(made.status?.status).not.toBe('Ready')
})

test('an access that cannot be configured has no endpoints', () => {
  const note = { kind: 'RouterAccess', name: 'skupper-router', reason: 'Error', message: 'no role' } as const
  const made = accessWithStatus(ACCESS, { ...accessFacts, note })
  expect(made.status).toMatchObject({ status: 'Error', message: 'no role', endpoints: [] })
})

test('an access that the router listens for but nobody can dial yet is unresolved', () => {
  const reach = () => ({ endpoints: [], trouble: { reason: 'Pending', message: 'no address yet' } as const })
  const made = accessWithStatus(ACCESS, { ...accessFacts, reach })
  expect(made.status).toMatchObject({ status: 'Pending', message: 'no address yet', endpoints: [] })
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
    { accesses: [accessWithStatus(ACCESS, { ...accessFacts, router: RUNNING, refusals: IN_USE })] },
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

test('until when others can link is told, also of an authority that is about to go, and what is overdue', async () => {
  const made = async (lifeMs: number) => createAuthority({ commonName: 'ca', now: NOW.getTime(), lifeMs })
  const [old, next] = await Promise.all([made(DAY_MS), made(9 * DAY_MS)])
  const leaf = { commonName: 'east', now: NOW.getTime(), lifeMs: DAY_MS }
  const { certificate } = await issueCredentials(readAuthority(old, NOW.getTime()), leaf)
  const status = (ca: string, afterMs: number) => {
    const now = new Date(NOW.getTime() + afterMs)
    return siteWithStatus(site('east'), facts({ serverCredentials: { ca, certificate }, now }))
  }
  const [tomorrow, later] = [DAY_MS, 9 * DAY_MS].map((ms) => new Date(NOW.getTime() + ms).toISOString())
  const alone = `The certificate for links ends at ${tomorrow ?? ''}, its authority at ${tomorrow ?? ''}`
  expect(conditionOf(status(old.ca, 0), 'CertificateValid')).toBe(`True Ready ${alone}`)
  expect(conditionOf(status(old.ca, 0.9 * DAY_MS), 'CertificateValid')).toBe(`False Error ${alone}: overdue`)
  const both = `The certificate for links ends at ${tomorrow ?? ''}, its authority at ${later ?? ''}, the one before at ${tomorrow ?? ''}`
  const beside = status(next.ca + old.ca, 0.9 * DAY_MS)
  expect(conditionOf(beside, 'CertificateValid')).toBe(`True Ready ${both}`)
  expect(beside.status?.status).toBe('Ready')
  expect(conditionOf(siteWithStatus(beside, facts()), 'CertificateValid')).toBeUndefined()
})

test('a second site is told which one is active', () => {
  const made = surplusSite(site('west'), site('east'), NOW)
  expect(made.status).toMatchObject({
    status: 'Error',
    message: 'An active site already exists in the namespace (east)',
  })
})
