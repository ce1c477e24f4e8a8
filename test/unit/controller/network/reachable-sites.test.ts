import { expect, test } from 'vitest'
import { reachableSites } from '../../../../controller/network/reachable-sites.ts'
import { NO_ROUTER } from '../../../../controller/router/router-state.ts'

const site = (id: string, mode: string, ...linked: string[]) => ({
  id,
  routers: [{ id: `${id}-router`, mode }],
  links: linked.map((remoteSiteId) => ({ remoteSiteId, operational: true })),
})

const SITES = [
  site('near', 'interior'),
  site('gone', 'interior'),
  site('edge', 'edge', 'near'),
  site('lost', 'EDGE', 'gone'),
]
const router = (...ids: string[]) => ({ ...NO_ROUTER, routers: new Set(ids) })

test('a site is reached by its router, that of an edge by the site it is linked to', () => {
  expect([...reachableSites(SITES, router('near-router'))]).toEqual(['near', 'edge'])
})

test('an edge of this router is known by itself', () => {
  expect([...reachableSites(SITES, router('lost-router'))]).toEqual(['lost'])
})

test('an interior site is not reached by its links alone', () => {
  const sites = [site('near', 'interior'), site('far', 'interior', 'near')]
  expect([...reachableSites(sites, router('near-router'))]).toEqual(['near'])
})

test('with an uplink everybody who was heard is reached, without one nobody', () => {
  expect(reachableSites(SITES, { ...router('me'), hasUplink: true }).size).toBe(4)
  expect(reachableSites(SITES, router('me')).size).toBe(0)
})
