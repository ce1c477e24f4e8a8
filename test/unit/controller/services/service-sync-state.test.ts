import { expect, test } from 'vitest'
import { type OfferedPort, ServiceSyncState } from '../../../../controller/services/service-sync-state.ts'

const TTL = 60_000

function offer(routingKey: string, changes: Partial<OfferedPort> = {}): OfferedPort {
  return { routingKey, port: 8080, protocol: 'http', labels: {}, ...changes }
}

const synced = (state: ServiceSyncState): [string, readonly string[]][] =>
  state.ports().map(({ routingKey, origins }) => [routingKey, origins])

test('a routing key names all its origins and goes with the last of them', () => {
  const state = new ServiceSyncState(TTL)
  state.receive('b', [offer('backend:8080')], 0)
  state.receive('a', [offer('backend:8080'), offer('db:5432')], 0)
  expect(synced(state)).toEqual([
    ['backend:8080', ['a', 'b']],
    ['db:5432', ['a']],
  ])
  state.receive('a', [], 1)
  expect(synced(state)).toEqual([['backend:8080', ['b']]])
  state.receive('b', [], 2)
  expect(synced(state)).toEqual([])
})

test('says whether an announcement changed anything', () => {
  const state = new ServiceSyncState(TTL)
  expect(state.receive('a', [], 0)).toBe(false)
  expect(state.receive('a', [offer('x:1', { labels: { tier: 'web' } })], 0)).toBe(true)
  expect(state.receive('a', [offer('x:1', { labels: { tier: 'web' } })], 1)).toBe(false)
  expect(state.receive('a', [offer('x:1', { labels: { tier: 'db' } })], 2)).toBe(true)
  expect(state.receive('a', [offer('x:1', { labels: {} })], 2)).toBe(true)
  expect(state.receive('a', [offer('x:1', { protocol: 'tcp' })], 3)).toBe(true)
  expect(state.receive('a', [offer('y:1', { protocol: 'tcp' })], 3)).toBe(true)
})

test('the lowest origin decides where origins disagree, in whatever order they came', () => {
  const first = new ServiceSyncState(TTL)
  first.receive('a', [offer('x:1', { protocol: 'tcp' })], 0)
  first.receive('b', [offer('x:1', { protocol: 'http2' })], 0)
  const second = new ServiceSyncState(TTL)
  second.receive('b', [offer('x:1', { protocol: 'http2' })], 0)
  second.receive('a', [offer('x:1', { protocol: 'tcp' })], 0)
  expect(second.ports()).toEqual(first.ports())
  expect(first.ports()[0]?.protocol).toBe('tcp')
})

test('an origin that is no longer heard is forgotten after the time to live', () => {
  const state = new ServiceSyncState(TTL)
  state.receive('a', [offer('x:1')], 0)
  state.receive('b', [offer('x:1')], TTL)
  expect(state.expire(TTL)).toEqual([])
  expect(state.expire(TTL + 1)).toEqual(['a'])
  expect(synced(state)).toEqual([['x:1', ['b']]])
})

test('an unchanged announcement keeps an origin alive', () => {
  const state = new ServiceSyncState(TTL)
  state.receive('a', [offer('x:1')], 0)
  state.receive('a', [offer('x:1')], TTL)
  expect(state.expire(TTL + 1)).toEqual([])
})

test('what was stored is taken up and ages too', () => {
  const state = new ServiceSyncState(TTL)
  state.restore([{ ...offer('x:1'), origins: ['a', 'b'] }], 1000)
  expect(synced(state)).toEqual([['x:1', ['a', 'b']]])
  state.receive('b', [offer('x:1')], 2000)
  expect(state.expire(1001 + TTL)).toEqual(['a'])
  expect(synced(state)).toEqual([['x:1', ['b']]])
})

test('a stored offer that its origin no longer announces goes at once', () => {
  const state = new ServiceSyncState(TTL)
  state.restore(
    [
      { ...offer('x:1'), origins: ['a'] },
      { ...offer('y:1'), origins: ['a'] },
    ],
    0,
  )
  expect(state.receive('a', [offer('y:1')], 1)).toBe(true)
  expect(synced(state)).toEqual([['y:1', ['a']]])
})

test('a time to live below the shortest is raised to it', () => {
  const state = new ServiceSyncState(5)
  state.receive('a', [offer('x:1')], 0)
  expect(state.expire(60_000)).toEqual([])
})

test('made-up origins beyond the bound are not kept', () => {
  const state = new ServiceSyncState(TTL)
  for (let i = 0; i < 1500; i++) state.receive(`site-${String(i)}`, [offer('x:1')], 0)
  expect(state.ports()[0]?.origins).toHaveLength(1000)
})
