import { expect, test } from 'vitest'
import { ObjectCache } from '../../../../core/kube/object-cache.ts'

function object(name: string, version: string, { uid = name, finalizers = [] as string[] } = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, uid, resourceVersion: version, finalizers } }
}

test('older news changes nothing', () => {
  const cache = new ObjectCache('configmaps')
  expect(cache.put(object('a', '10'))).toBe(true)
  expect(cache.put(object('a', '9'))).toBe(false)
  expect(cache.put(object('a', '10'))).toBe(false)
  expect(cache.get('a')?.metadata.resourceVersion).toBe('10')
})

test('what was deleted stays so, whatever comes late', () => {
  const cache = new ObjectCache('configmaps')
  cache.put(object('a', '1', { uid: 'old' }))
  cache.bury('a')
  expect(cache.put(object('a', '2', { uid: 'old' }))).toBe(false)
  expect(cache.put(object('a', '3', { uid: 'new' }))).toBe(true)
  expect(cache.remove(object('a', '4', { uid: 'old' }))).toBe(false)
  expect(cache.get('a')?.metadata.uid).toBe('new')
})

test('what waits for its finalizers is still there', () => {
  const cache = new ObjectCache('configmaps')
  cache.put(object('a', '1', { finalizers: ['x'] }))
  cache.bury('a')
  expect(cache.get('a')).toBeDefined()
})

test('a new list says whether anything is different', () => {
  const cache = new ObjectCache('configmaps')
  expect(cache.replaceAll([object('b', '1'), object('a', '1')])).toBe(true)
  expect(cache.items().map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
  expect(cache.replaceAll([object('a', '1'), object('b', '1')])).toBe(false)
  expect(cache.replaceAll([object('a', '1')])).toBe(true)
})
