import { expect, test } from 'vitest'
import { treeLines } from '../../../../plugin/output/tree.ts'
import { networkOf, networkTree } from '../../../../plugin/view/network.ts'
import { link, operational, remoteSite, site } from '../../../support/resources.ts'

const sources = {
  namespace: 'west-ns',
  version: '0.1.0',
  site: site('west'),
  links: [link('a', { ...operational, remoteSiteId: 'east-id' }), link('down', { remoteSiteId: 'south-id' })],
  remoteSites: [
    remoteSite('south', {
      namespace: 's',
      version: '2.2.1',
      routers: [{ id: 'south-1', name: 'south-1', mode: 'interior' }],
      links: [{ name: 'x', remoteSiteId: 'east-id', operational: true, cost: 2 }],
    }),
    remoteSite('east', { namespace: 'e' }),
  ],
}

test('the own site comes first, each site names the sites it is linked to and the direction', () => {
  expect(treeLines(networkTree(networkOf(sources)))).toEqual([
    'Sites:',
    '├─ [local] west-id(west-ns) ',
    '│  │ namespace: west-ns',
    '│  │ site name: west',
    '│  │ version: 0.1.0',
    '│  ╰─ Linked sites:',
    '│     ╰─ east-id(east)',
    '│        direction: outgoing',
    '├─ [remote] east-id(e) ',
    '│  │ namespace: e',
    '│  │ site name: east',
    '│  │ version: -',
    '│  ╰─ Linked sites:',
    '│     ├─ west-id(west)',
    '│     │  direction: incoming',
    '│     ╰─ south-id(south)',
    '│        direction: incoming',
    '╰─ [remote] south-id(s) ',
    '   │ namespace: s',
    '   │ site name: south',
    '   │ version: 2.2.1',
    '   ╰─ Linked sites:',
    '      ╰─ east-id(east)',
    '         direction: outgoing',
  ])
})

test('verbose shows costs and routers', () => {
  const lines = treeLines(networkTree(networkOf(sources), { verbose: true }))
  expect(lines).toContain('      ╰─ name: south-1')
  expect(lines).toContain('   │     cost: 2')
})

test('a site that is not heard from says since when, and its links count no more', () => {
  const [south, east] = sources.remoteSites
  if (south === undefined || east === undefined) throw new Error('no sites')
  const since = '2030-01-01T12:00:00.000Z'
  const silent = { ...south, status: { ...south.status, reachable: false, unreachableSince: since } }
  const sites = networkOf({ ...sources, remoteSites: [silent, east] })
  expect(sites[2]).toMatchObject({ reachable: false, unreachableSince: since, linkedSites: [] })
  expect(treeLines(networkTree(sites))).toContain(`   reachable: no, not heard from since ${since}`)
})
