import { expect, test } from 'vitest'
import { ofKind, siteResourcesOf } from '../../../../controller/site/site-resources.ts'
import { connector, link, listener, routerAccess, site } from '../../../support/machine-resources.ts'

function aged<R extends { metadata: object }>(resource: R, creationTimestamp: string): R {
  return { ...resource, metadata: { ...resource.metadata, creationTimestamp } }
}

const synced = { ...listener('synced'), metadata: { name: 'synced', labels: { 'skupper.io/synced': 'true' } } }

test('sorts out kinds, older ones first; those of one age by name', () => {
  const resources = [
    aged(listener('young'), '2026-01-02'),
    aged(listener('b'), '2026-01-01'),
    aged(listener('a'), '2026-01-01'),
    connector('c'),
  ]
  expect(ofKind(resources, 'Listener').map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'young'])
})

test('the oldest Site is the one that counts', () => {
  const found = siteResourcesOf([aged(site('new'), '2026-01-02'), aged(site('old'), '2026-01-01')])
  expect(found?.site.metadata.name).toBe('old')
  expect(found?.surplus.map(({ metadata }) => metadata.name)).toEqual(['new'])
})

test("synced listeners are not the user's own", () => {
  const own = [listener('mine'), connector('out'), link('to-west'), routerAccess('in')]
  const found = siteResourcesOf([site('east'), synced, ...own])
  expect(found?.listeners.map(({ metadata }) => metadata.name)).toEqual(['mine'])
  expect(found?.connectors).toHaveLength(1)
  expect(found?.links).toHaveLength(1)
  expect(found?.accesses).toHaveLength(1)
})

test('without a Site there is nothing to configure', () => {
  expect(siteResourcesOf([listener('mine')])).toBeUndefined()
})
