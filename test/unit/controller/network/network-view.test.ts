import { expect, test } from 'vitest'
import type { NetworkRecord } from '../../../../controller/network/network-records.ts'
import { networkView } from '../../../../controller/network/network-view.ts'

const EAST = '327e5729-52b2-45ae-b498-aee1fb1ad27e'
const WEST = '761f451c-a294-43df-9164-ec438a2bb46c'

function record(type: NetworkRecord['type'], identity: string, attributes: NetworkRecord['attributes']): NetworkRecord {
  return { type, identity, attributes }
}

/** As Skupper v2 with two routers in the east site reports itself: controllers' SITE records, routers' all others. */
const V2_NETWORK = [
  record('SITE', EAST, { name: 'east', namespace: 'r5', platform: 'kubernetes', buildVersion: '2.2-80b1ba6d' }),
  record('SITE', WEST, { name: 'west', namespace: 'r5', platform: 'kubernetes', buildVersion: '2.2-80b1ba6d' }),
  record('ROUTER', 'mqq6t:0', { parent: EAST, name: '0/east-skupper-router-57976c5d77-mqq6t', mode: 'interior' }),
  record('ROUTER', 'nhtrg:0', { parent: EAST, name: '0/east-skupper-router-2-7c8f584d79-nhtrg', mode: 'interior' }),
  record('ROUTER', '65z28:0', { parent: WEST, name: '0/west-skupper-router-55c8c5f999-65z28', mode: 'interior' }),
  record('ROUTER_ACCESS', 'mqq6t:1', { parent: 'mqq6t:0', name: 'skupper-router-inter-router' }),
  record('ROUTER_ACCESS', 'nhtrg:3', { parent: 'nhtrg:0', name: 'skupper-router-inter-router' }),
  record('LINK', 'nhtrg:4', { parent: 'nhtrg:0', name: 'skupper-router', peer: 'mqq6t:1', operStatus: 'up' }),
  record('LINK', '65z28:2', {
    parent: '65z28:0',
    name: 'east-1',
    peer: 'mqq6t:1',
    operStatus: 'up',
    role: 'inter-router',
    linkCost: 1,
  }),
  record('LINK', '65z28:3', {
    parent: '65z28:0',
    name: 'east-2',
    peer: 'nhtrg:3',
    operStatus: 'down',
    role: 'inter-router',
    linkCost: 5,
  }),
  record('CONNECTOR', 'mqq6t:7', { parent: 'mqq6t:0', vanAddress: 'backend', destHost: '10.1.1.44', destPort: '80' }),
  record('CONNECTOR', 'mqq6t:8', { parent: 'mqq6t:0', vanAddress: 'backend', destHost: '10.1.1.45', destPort: '80' }),
  record('CONNECTOR', 'nhtrg:7', { parent: 'nhtrg:0', vanAddress: 'backend', destHost: '10.1.1.45', destPort: '80' }),
  record('LISTENER', '65z28:5', {
    parent: '65z28:0',
    name: 'listener/backend',
    vanAddress: 'backend',
    protocol: 'tcp',
  }),
]

test('reads a Skupper v2 network: sites, routers, targets counted once', () => {
  const [east, west] = networkView(V2_NETWORK)
  expect(east).toMatchObject({
    id: EAST,
    name: 'east',
    namespace: 'r5',
    platform: 'kubernetes',
    version: '2.2-80b1ba6d',
  })
  expect(east?.routers).toEqual([
    { id: 'east-skupper-router-57976c5d77-mqq6t', name: '0/east-skupper-router-57976c5d77-mqq6t', mode: 'interior' },
    {
      id: 'east-skupper-router-2-7c8f584d79-nhtrg',
      name: '0/east-skupper-router-2-7c8f584d79-nhtrg',
      mode: 'interior',
    },
  ])
  expect(east?.services).toEqual([{ routingKey: 'backend', protocol: '', connectors: 2, listeners: 0 }])
  expect(west?.services).toEqual([{ routingKey: 'backend', protocol: 'tcp', connectors: 0, listeners: 1 }])
})

test('links lead from site to site; those inside a site are left out', () => {
  const [east, west] = networkView(V2_NETWORK)
  expect(east?.links).toEqual([])
  const far = { remoteSiteId: EAST, remoteSiteName: 'east', role: 'inter-router' }
  expect(west?.links).toEqual([
    { name: 'east-1', cost: 1, operational: true, ...far },
    { name: 'east-2', cost: 5, operational: false, ...far },
  ])
})

test('a link whose far end is unknown has no remote site', () => {
  const [site] = networkView([
    record('ROUTER', 'a:0', { parent: EAST, name: '0/a' }),
    record('LINK', 'a:1', { parent: 'a:0', name: 'nowhere', operStatus: 'down', peer: 'gone:1' }),
  ])
  expect(site?.links).toEqual([
    { name: 'nowhere', remoteSiteId: '', remoteSiteName: '', cost: 1, operational: false, role: '' },
  ])
})

test('without a controller a site takes its name from its router', () => {
  const sites = networkView([
    record('ROUTER', 'a:0', { parent: EAST, name: '0/public-cloud-327e5729' }),
    record('ROUTER', 'b:0', { parent: WEST, name: '0/other' }),
    record('ROUTER', 'c:0', { parent: 'north', name: '0/data-center-skupper-router-2-c558ff7cb-42dmv' }),
  ])
  expect(sites.map(({ name }) => name)).toEqual(['public-cloud', 'other', 'data-center'])
})

test('a router of no site makes no site', () => {
  expect(networkView([record('ROUTER', 'x:0', { name: '0/RX', mode: 'interior' })])).toEqual([])
})

test('the order in which records came makes no difference', () => {
  expect(networkView([...V2_NETWORK].reverse())).toEqual(networkView(V2_NETWORK))
})
