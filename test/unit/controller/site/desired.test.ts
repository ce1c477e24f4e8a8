import { expect, test } from 'vitest'
import {
  desiredConfig,
  desiredResources,
  withDefaultAccess,
  type ConfigFacts,
  type StatusFacts,
} from '../../../../controller/site/desired.ts'
import { machineAccess, machineEndpoints } from '../../../../controller/machine/machine-access.ts'
import type { PlaceStatus } from '../../../../controller/site/premises.ts'
import type { SiteResources } from '../../../../controller/site/site-resources.ts'
import { NO_ROUTER } from '../../../../controller/router/router-state.ts'
import { ofKind } from '../../../../controller/site/site-resources.ts'
import { isSynced } from '../../../../controller/services/synced-listeners.ts'
import { BUILT_IN } from '../../../../router/config/engine-capabilities.ts'
import type { EntityConfig } from '../../../../router/config/entities.ts'
import { connector, link, listener, routerAccess, site } from '../../../support/machine-resources.ts'

const files = { ca: '/certs/ca.crt', certificate: '/certs/tls.crt', key: '/certs/tls.key' }
const FAR = {
  id: 'far',
  name: 'far',
  namespace: '',
  platform: '',
  version: '',
  routers: [{ id: 'far-router', name: '0/far-router', mode: 'interior' }],
  links: [],
  services: [{ routingKey: 'backend:8080', protocol: 'tcp', connectors: 1, listeners: 0 }],
}
const OFFERED = { routingKey: 'backend:8080', port: 8080, protocol: 'tcp', labels: {}, origins: ['far'] } as const

const PLACE: PlaceStatus = {
  controllerName: 'skupper-controller',
  linkAccess: ['default', 'none'],
  reach: (access) => ({ endpoints: machineEndpoints(access, { site: resources().site, machineHosts: ['192.0.2.7'] }) }),
  pods: new Map(),
  notes: [],
}

function resources(changes: Partial<SiteResources> = {}): SiteResources {
  return {
    site: site('east', { settings: { 'listen-host': '127.0.5.1', 'link-host': '127.0.5.2' } }),
    surplus: [],
    accesses: [],
    links: [],
    listeners: [],
    multiKeyListeners: [],
    connectors: [],
    secrets: [],
    ...changes,
  }
}

function configFacts(changes: Partial<ConfigFacts> = {}): ConfigFacts {
  return {
    router: {
      routerId: 'east-8d5cd350',
      siteId: '8d5cd350-3126-46b9-9e7d-6fedf9656716',
      platform: 'linux',
      version: '1.2.3',
      credentials: new Map([
        ['skupper-local-server', files],
        ['skupper-site-server', files],
        ['to-west', files],
      ]),
      management: { host: '127.0.5.1', port: 5671 },
      health: { host: '127.0.5.1', port: 9090 },
      listenHost: '127.0.5.1',
    },
    capabilities: BUILT_IN,
    synced: [],
    syncedBefore: [],
    listenerHost: () => '127.0.5.1',
    ...changes,
  }
}

function statusFacts(changes: Partial<StatusFacts> = {}): StatusFacts {
  return {
    now: new Date('2026-11-23T08:00:00Z'),
    siteId: '8d5cd350-3126-46b9-9e7d-6fedf9656716',
    namespace: 'east',
    version: '1.2.3',
    place: PLACE,
    router: { ...NO_ROUTER, isRunning: true },
    network: [],
    known: [],
    isListening: false,
    tokenTrouble: undefined,
    serverCredentials: undefined,
    linkCertificates: new Map(),
    problems: [],
    refusals: new Map(),
    ...changes,
  }
}

const namesOf = (list: readonly { kind: string; metadata: { name: string } }[]): string[] =>
  list.map(({ kind, metadata }) => `${kind} ${metadata.name}`)

const entityNames = (entities: readonly EntityConfig[]): string[] =>
  entities.map(([type, attributes]) => `${type} ${'name' in attributes ? (attributes.name ?? '') : ''}`)

test('a site that can be linked to gets the RouterAccess its linkAccess stands for', () => {
  const made = withDefaultAccess(resources(), machineAccess)
  const { entities } = desiredConfig(made, configFacts())
  expect(namesOf(made.accesses)).toEqual(['RouterAccess skupper-router'])
  expect(made.accesses[0]?.spec.bindHost).toBe('127.0.5.2')
  expect(entityNames(entities)).toContain('listener skupper-router-inter-router')
})

test.each([['none'], ['']])('with linkAccess %j there is no way in', (linkAccess) => {
  const before = withDefaultAccess(resources(), machineAccess).accesses
  expect(
    withDefaultAccess(resources({ site: site('east', { linkAccess }), accesses: before }), machineAccess).accesses,
  ).toEqual([])
})

test("a user's own RouterAccess is the only one", () => {
  const accesses = [...withDefaultAccess(resources(), machineAccess).accesses, routerAccess('mine')]
  expect(namesOf(withDefaultAccess(resources({ accesses }), machineAccess).accesses)).toEqual(['RouterAccess mine'])
})

test('the RouterAccess made before keeps its status and follows the settings', () => {
  const [before] = withDefaultAccess(resources(), machineAccess).accesses
  if (before === undefined) throw new Error('no access')
  const stored = { ...before, metadata: { ...before.metadata, uid: 'u' }, status: { message: 'OK' } }
  const moved = site('east', { settings: { 'link-host': '127.0.5.9' } })
  const [after] = withDefaultAccess(resources({ site: moved, accesses: [stored] }), machineAccess).accesses
  expect(after).toMatchObject({ metadata: { uid: 'u' }, status: { message: 'OK' }, spec: { bindHost: '127.0.5.9' } })
})

test('every resource becomes an entity, synced listeners on the listen-host', () => {
  const given = resources({
    links: [link('to-west')],
    connectors: [connector('db', { routingKey: 'db:5432', port: 5432 })],
  })
  const { entities, synced } = desiredConfig(given, configFacts({ synced: [OFFERED] }))
  const named = entityNames(entities)
  expect(named).toEqual(
    expect.arrayContaining([
      'connector to-west',
      'tcpConnector connector/db@127.0.0.1',
      'tcpListener listener/backend-8080',
    ]),
  )
  expect(synced[0]?.spec.host).toBe('127.0.5.1')
})

test("a user's listener has its port before a synced one", () => {
  const own = listener('mine', { routingKey: 'other:8080', host: '127.0.5.1' })
  const config = desiredConfig(resources({ listeners: [own] }), configFacts({ synced: [OFFERED] }))
  const made = desiredResources(config, statusFacts())
  const conflict = made.find(({ metadata }) => metadata.name === 'backend-8080')
  expect(conflict?.status).toMatchObject({ status: 'Error' })
  expect(made.find(({ metadata }) => metadata.name === 'mine')?.status?.status).not.toBe('Error')
})

test('one resource that cannot be configured does not stop the others', () => {
  const given = resources({ links: [link('broken', { tlsCredentials: 'missing' }), link('to-west')] })
  const config = desiredConfig(given, configFacts())
  const made = desiredResources(config, statusFacts())
  expect(made.find(({ metadata }) => metadata.name === 'broken')?.status?.status).toBe('Pending')
  expect(entityNames(config.entities)).toContain('connector to-west')
})

test('services match what this site and others have, as far as the others can be reached', () => {
  const config = desiredConfig(resources({ listeners: [listener('in')] }), configFacts())
  const matches = (routers: string[]) => {
    const router = { ...NO_ROUTER, isRunning: true, routers: new Set(routers) }
    const made = desiredResources(config, statusFacts({ network: [FAR], router }))
    return made.find(({ metadata }) => metadata.name === 'in')?.status
  }
  expect(matches(['far-router'])).toMatchObject({ hasMatchingConnector: true })
  expect(matches([])).toMatchObject({ hasMatchingConnector: false })
})

test('a local connector and a local listener match each other', () => {
  const given = resources({ listeners: [listener('in')], connectors: [connector('out')] })
  const made = desiredResources(desiredConfig(given, configFacts()), statusFacts())
  expect(made.find(({ metadata }) => metadata.name === 'in')?.status).toMatchObject({ hasMatchingConnector: true })
  expect(made.find(({ metadata }) => metadata.name === 'out')?.status).toMatchObject({ hasMatchingListener: true })
})

test('what the router refused is told on the resource it was for', () => {
  const given = resources({ listeners: [listener('in')], connectors: [connector('out')] })
  const refusals = new Map([
    ['listener/in', 'no'],
    ['connector/out@127.0.0.1', 'never'],
  ])
  const made = desiredResources(desiredConfig(given, configFacts()), statusFacts({ refusals }))
  expect(made.find(({ metadata }) => metadata.name === 'in')?.status?.message).toBe('The router refused it: no')
  expect(made.find(({ metadata }) => metadata.name === 'out')?.status?.message).toBe('The router refused it: never')
})

test('doing it again changes nothing', () => {
  const given = resources({
    listeners: [listener('in', { port: 81 })],
    links: [link('to-west')],
    surplus: [site('second')],
  })
  const first = desiredResources(
    desiredConfig(given, configFacts({ synced: [OFFERED] })),
    statusFacts({ network: [FAR] }),
  )
  const again = {
    ...given,
    site: first.find(({ metadata }) => metadata.name === 'east'),
    listeners: first.filter(({ metadata }) => metadata.name === 'in'),
    links: first.filter(({ kind }) => kind === 'Link'),
    surplus: first.filter(({ metadata }) => metadata.name === 'second'),
    accesses: first.filter(({ kind }) => kind === 'RouterAccess'),
  } as SiteResources
  const syncedBefore = ofKind(first, 'Listener').filter(isSynced)
  const config = desiredConfig(again, configFacts({ synced: [OFFERED], syncedBefore }))
  const now = new Date('2026-11-23T09:00:00Z')
  expect(desiredResources(config, statusFacts({ now, network: [FAR], known: ofKind(first, 'RemoteSite') }))).toEqual(
    first,
  )
})
