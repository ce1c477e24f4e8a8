import { expect, test } from 'vitest'
import { KnownRouters, MAX_ROUTERS } from '../../../../../router/mesh/control/known-routers.ts'

const AGES = { maxAgeMs: 60_000, holdMs: 1_000 }

test('this router is never one of the others', () => {
  const routers = new KnownRouters('ME')
  expect(routers.learn('ME', 0)).toBeUndefined()
  expect(routers.learn('A', 0)?.id).toBe('A')
  expect(routers.learn('A', 5)).toBe(routers.get('A'))
})

test('more routers than the limit are not taken up', () => {
  const routers = new KnownRouters('ME')
  for (let at = 0; at < MAX_ROUTERS; at++) routers.learn(String(at), 0)
  expect(routers.learn('one more', 0)).toBeUndefined()
  expect(routers.learn('0', 0)).toBeDefined()
})

test('an old link state goes, a reachable router stays', () => {
  const routers = new KnownRouters('ME')
  const router = routers.learn('A', 0)
  if (router === undefined) throw new Error('A is not known')
  router.peers = new Map()
  router.lostAt = undefined
  expect(routers.expire(60_000, AGES)).toEqual({ linkStates: false, flushed: [] })
  expect(routers.expire(60_001, AGES)).toEqual({ linkStates: true, flushed: [] })
  expect(routers.expire(60_002, AGES)).toEqual({ linkStates: false, flushed: [] })
  expect(routers.get('A')?.peers).toBeUndefined()
})

test('a router without a route is flushed after the hold-off, and forgotten when it is silent too', () => {
  const routers = new KnownRouters('ME')
  routers.learn('A', 0)
  expect(routers.expire(999, AGES).flushed).toEqual([])
  expect(routers.expire(1_000, AGES).flushed.map(({ id }) => id)).toEqual(['A'])
  routers.expire(60_001, AGES)
  expect(routers.get('A')).toBeUndefined()
})

test('link states are those that came, with this router’s own', () => {
  const routers = new KnownRouters('ME')
  routers.learn('A', 0)
  const known = routers.learn('B', 0)
  if (known !== undefined) known.peers = new Map([['ME', 2]])
  expect([...routers.linkStates(new Map([['B', 1]]))]).toEqual([
    ['ME', new Map([['B', 1]])],
    ['B', new Map([['ME', 2]])],
  ])
})
