import { expect, test } from 'vitest'
import { bootPlan, dataConnectionsOf, timersOf } from '../../../router/boot-plan.ts'
import { parseBootFile } from '../../../router/config/boot-file.ts'

const plan = (...entities: unknown[]) => bootPlan(parseBootFile(JSON.stringify(entities)))
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const ROUTER = ['router', { id: 'a', mode: 'interior' }]

test('what others refer to comes first', () => {
  const { router, site, logs, entities } = plan(
    ['tcpListener', { name: 'l', address: 'x', port: 1 }],
    ['tcpConnector', { name: 'c', address: 'x', port: 2 }],
    ['listener', { name: 'links', port: 3 }],
    ['sslProfile', { name: 'p' }],
    ['log', { module: 'DEFAULT', enable: 'debug' }],
    ['site', { name: 'east' }],
    ROUTER,
  )
  expect(router.id).toBe('a')
  expect(site.name).toBe('east')
  expect(logs).toEqual([{ module: 'DEFAULT', enable: 'debug' }])
  expect(entities.map(({ type }) => type)).toEqual(['sslProfile', 'listener', 'tcpConnector', 'tcpListener'])
})

test('there has to be one router', () => {
  expect(() => plan()).toThrow(code('config/no-router'))
  expect(() => plan(ROUTER, ROUTER)).toThrow(code('config/no-router'))
})

test('what only skupper-router can do is refused', () => {
  expect(() => plan(ROUTER, ['httpListener', { name: 'h', address: 'x', port: 1 }])).toThrow(
    code('config/not-supported'),
  )
})

test('seconds become milliseconds', () => {
  const { router } = plan(['router', { id: 'a', mode: 'interior', helloMaxAgeSeconds: 7 }])
  expect(timersOf(router)).toMatchObject({ helloMs: 1000, helloMaxAgeMs: 7000, raMs: 30_000 })
})

test.each([
  ['auto', 2],
  ['0', 0],
  ['4', 4],
])('dataConnectionCount %s means %i', (dataConnectionCount, count) => {
  const { router } = plan(['router', { id: 'a', mode: 'interior', dataConnectionCount }])
  expect(dataConnectionsOf(router)).toBe(count)
})

test('another dataConnectionCount is refused', () => {
  const { router } = plan(['router', { id: 'a', mode: 'interior', dataConnectionCount: 'many' }])
  expect(() => dataConnectionsOf(router)).toThrow(code('config/invalid-attribute'))
})
