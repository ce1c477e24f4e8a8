import { describe, expect, test } from 'vitest'
import { parseResource } from '../../../../core/model/resource.ts'
import type { SiteView } from '../../../../controller/network/network-view.ts'
import { remoteSites, sitesInNetwork } from '../../../../controller/network/remote-sites.ts'
import { NO_ROUTER } from '../../../../controller/router/router-state.ts'

function view(id: string, changes: Partial<SiteView> = {}): SiteView {
  return {
    id,
    name: `name of ${id}`,
    namespace: 'ns',
    platform: 'linux',
    version: '1',
    routers: [{ id: `${id}-router`, name: `0/${id}-router`, mode: 'interior' }],
    links: [],
    services: [{ routingKey: 'backend:8080', protocol: 'tcp', connectors: 2, listeners: 1 }],
    ...changes,
  }
}

const router = {
  ...NO_ROUTER,
  isRunning: true,
  routers: new Set(['here-router', 'near-router', 'far-router']),
  neighbours: [
    { routerId: 'near-router', direction: 'in', host: '127.0.0.1:40000' },
    { routerId: 'far-router', direction: 'out', host: '127.0.0.1:55671' },
  ] as const,
}

const NOW = new Date('2030-01-01T12:00:00Z')
const here = { siteId: 'here', known: [], isListening: false, now: NOW }

test('every other site is one sound object', () => {
  const made = remoteSites({ ...here, network: [view('here'), view('near')], router })
  expect(made.map(({ metadata }) => metadata.name)).toEqual(['near'])
  expect(parseResource(made[0])).toEqual(made[0])
  expect(made[0]?.status).toMatchObject({
    siteId: 'near',
    name: 'name of near',
    routers: [{ id: 'near-router', name: '0/near-router', mode: 'interior' }],
    services: [{ routingKey: 'backend:8080', connectors: 2 }],
  })
})

test('tells sites that dialled us, sites we reach, and sites that are gone', () => {
  const made = remoteSites({ ...here, network: [view('near'), view('far'), view('gone')], router })
  expect(made.map(({ status }) => [status?.linkedIn, status?.reachable])).toEqual([
    [true, true],
    [false, true],
    [false, false],
  ])
  expect(sitesInNetwork(made)).toBe(3)
})

test.each(['../../etc', 'UPPER', 'a b', ''])('a site that calls itself %j is left out', (id) => {
  expect(remoteSites({ ...here, network: [view(id)], router })).toEqual([])
})

test('without a router no site is reachable', () => {
  const [made] = remoteSites({ ...here, network: [view('near')], router: NO_ROUTER })
  expect(made?.status).toMatchObject({ reachable: false, linkedIn: false })
})

test('while sites are still to be heard, known ones stay as they were and are reached as their routers are', () => {
  const known = remoteSites({ ...here, network: [view('near'), view('gone')], router: NO_ROUTER })
  const listening = { siteId: 'here', network: [view('near', { name: 'renamed' })], known, router, now: NOW }
  const made = remoteSites({ ...listening, isListening: true })
  expect(made.map(({ metadata, status }) => [metadata.name, status?.name, status?.reachable])).toEqual([
    ['near', 'renamed', true],
    ['gone', 'name of gone', false],
  ])
})

test('a site that is known keeps its id and its age', () => {
  const [made] = remoteSites({ ...here, network: [view('near')], router })
  if (made === undefined) throw new Error('no site')
  const stored = { ...made, metadata: { ...made.metadata, uid: 'u', creationTimestamp: 't' } }
  expect(remoteSites({ ...here, network: [view('near')], known: [stored], router })).toEqual([stored])
})

describe('a site that is not heard from', () => {
  const at = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000)
  const known = remoteSites({ ...here, network: [view('near'), view('far')], router })
  const later = (minutes: number, before = known) =>
    remoteSites({ ...here, network: [view('near')], known: before, router, now: at(minutes) })

  test('is shown with since when, and with what was known of it', () => {
    const silent = later(5)
    expect(silent[0]?.status).not.toHaveProperty('unreachableSince')
    expect(silent[1]?.status).toMatchObject({
      reachable: false,
      unreachableSince: '2030-01-01T12:05:00.000Z',
      services: [{ routingKey: 'backend:8080' }],
    })
    expect(parseResource(silent[1])).toEqual(silent[1])
    expect(later(9, silent)).toEqual(silent)
  })

  test('is forgotten after an hour', () => {
    const silent = later(5)
    expect(later(64, silent)).toHaveLength(2)
    expect(later(65, silent)).toHaveLength(1)
  })

  test('says no such thing once it is back', () => {
    expect(remoteSites({ ...here, network: [view('near'), view('far')], known: later(5), router })).toEqual(known)
  })

  test('is gone where it was made anew, under another id', () => {
    const anew = [view('near'), view('anew', { name: 'name of far' })]
    const made = remoteSites({ ...here, network: anew, known, router })
    expect(made.map(({ metadata }) => metadata.name)).toEqual(['near', 'anew'])
  })

  test('counts as unreachable also where everything is reached by an uplink', () => {
    const uplink = { ...router, hasUplink: true }
    const made = remoteSites({ ...here, network: [view('near')], known, router: uplink })
    expect(made.map(({ status }) => status?.reachable)).toEqual([true, false])
  })
})
