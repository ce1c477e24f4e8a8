import { expect, test } from 'vitest'
import { queryEntities, queryState, sameState, type Queries } from '../../../../controller/router/router-query.ts'
import { BUILT_IN, SKUPPER_ROUTER } from '../../../../router/config/engine-capabilities.ts'

const PREFIX = 'io.skupper.router.'

const asked: string[] = []

/** Answers as a router would, by type; with attribute names only those. */
function routerWith(tables: Readonly<Record<string, Record<string, unknown>[]>>): Queries {
  return {
    query: (type, options) => {
      const rows = tables[type.replace(PREFIX, '')] ?? []
      const names = options?.attributeNames
      if (names === undefined) return Promise.resolve(rows)
      asked.push(`${type.replace(PREFIX, '')}: ${names.join(' ')}`)
      const shown = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name))))
      return Promise.resolve(shown)
    },
  }
}

const ROUTER = routerWith({
  listener: [{ name: 'skupper-router-inter-router', role: 'inter-router', port: '55671' }],
  connector: [
    { name: 'up', connectionStatus: 'SUCCESS', connectionMsg: 'connected' },
    { name: 'down', connectionStatus: 'FAILED', connectionMsg: 'connection refused' },
    { name: 'new', connectionStatus: 'CONNECTING' },
  ],
  tcpListener: [
    { name: 'listener/a', operStatus: 'up', connectionMsg: '' },
    { name: 'listener/b', operStatus: 'down', connectionMsg: 'port already in use: 127.0.0.1:80' },
  ],
  tcpConnector: [{ name: 'connector/a@10.0.0.1' }],
  connection: [
    { container: 'east', role: 'inter-router', dir: 'in', host: '127.0.0.1:40000' },
    { container: 'west', role: 'inter-router', dir: 'out', host: '127.0.0.2:55671' },
    { container: 'west', role: 'inter-router-data', dir: 'out', host: '127.0.0.2:55671' },
    { container: 'me', role: 'normal', dir: 'in', host: '127.0.0.1:40001' },
  ],
  'router.node': [
    { id: 'self', nextHop: '(self)' },
    { id: 'east', cost: 1 },
    { id: 'behind-east', nextHop: 'east', cost: 2 },
    { id: 'gone' },
  ],
})

test('tells how links, listeners and the network fare', async () => {
  const state = await queryState(ROUTER, BUILT_IN)
  expect([...state.connectors]).toEqual([
    ['up', { isUp: true, message: '' }],
    ['down', { isUp: false, message: 'connection refused' }],
    ['new', { isUp: false, message: '' }],
  ])
  expect([...state.listeners]).toEqual([
    ['skupper-router-inter-router', { isUp: true, message: '' }],
    ['listener/a', { isUp: true, message: '' }],
    ['listener/b', { isUp: false, message: 'port already in use: 127.0.0.1:80' }],
  ])
  expect(state.neighbours).toEqual([
    { routerId: 'east', direction: 'in', host: '127.0.0.1:40000' },
    { routerId: 'west', direction: 'out', host: '127.0.0.2:55671' },
  ])
  expect([...state.routers]).toEqual(['self', 'east', 'behind-east'])
  expect(state.entityNames.has('connector/a@10.0.0.1')).toBe(true)
})

test('reads entities with all their attributes', async () => {
  const entities = await queryEntities(ROUTER, BUILT_IN)
  expect(entities).toContainEqual({
    type: 'listener',
    attributes: { name: 'skupper-router-inter-router', role: 'inter-router', port: '55671' },
  })
  expect(entities).toHaveLength(7)
})

test('states are the same until something changes', async () => {
  const state = await queryState(ROUTER, BUILT_IN)
  expect(sameState(state, await queryState(ROUTER, BUILT_IN))).toBe(true)
  expect(sameState(state, { ...state, routers: new Set(['self']) })).toBe(false)
  expect(sameState(state, { ...state, connectors: new Map() })).toBe(false)
  expect(sameState(state, { ...state, entityNames: new Set() })).toBe(false)
})

test('asks for no attribute that a router does not have', async () => {
  asked.length = 0
  await queryState(ROUTER, SKUPPER_ROUTER)
  expect(asked).toContain('tcpListener: name operStatus')
  expect(asked).toContain('connector: name connectionStatus connectionMsg host port')
  await queryState(ROUTER, BUILT_IN)
  expect(asked).toContain('tcpListener: name operStatus connectionMsg')
  expect(asked).toContain('listener: name')
})

test('of skupper-router, a link is up once the router at the other end has answered', async () => {
  const connector = (name: string, port: string) => ({ name, connectionStatus: 'SUCCESS', host: 'west', port })
  const out = { role: 'inter-router', dir: 'out' }
  const router = routerWith({
    connector: [connector('answered', '55671'), connector('silent', '55672'), connector('gone', '55673')],
    connection: [
      { ...out, container: 'west', host: 'west:55671' },
      { ...out, container: '', host: 'west:55672' },
    ],
  })
  const isUp = async (engine: typeof BUILT_IN) =>
    [...(await queryState(router, engine)).connectors].map(([name, state]) => [name, state.isUp])
  expect(await isUp(SKUPPER_ROUTER)).toEqual([
    ['answered', true],
    ['silent', false],
    ['gone', false],
  ])
  expect((await isUp(BUILT_IN)).every(([, up]) => up)).toBe(true)
})
