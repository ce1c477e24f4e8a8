import { beforeEach, expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { configuredType } from '../../../../router/management/configured-type.ts'
import type { EntityType } from '../../../../router/management/entity-type.ts'

let started: string[] = []
let closed: string[] = []
let connectors = connectorType()

beforeEach(() => {
  started = []
  closed = []
  connectors = connectorType()
})

function connectorType(): EntityType {
  return configuredType({
    type: 'connector',
    statusAttributes: ['connectionStatus'],
    updatable: ['cost'],
    secrets: ['saslPassword'],
    start: ({ name, port }) => {
      if (port === '1') throw new SkupperError('config/not-supported', 'port 1')
      started.push(name)
      return {
        status: () => ({ connectionStatus: 'CONNECTING' }),
        update: ({ cost }) => {
          if (cost === 13) throw new SkupperError('config/not-supported', 'cost 13')
          return Promise.resolve()
        },
        close: () => {
          closed.push(name)
        },
      }
    },
  })
}

const create = (name: string | undefined, attributes: object) => connectors.create?.(name, { ...attributes })
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

test('an entity is made with defaults, its status and an identity, without secrets', async () => {
  const entity = await create('to-b', { host: 'b', port: 55671, role: 'inter-router', saslPassword: 'secret' })
  expect(entity).toMatchObject({
    name: 'to-b',
    identity: 'connector/b:55671:to-b',
    port: '55671',
    cost: 1,
    connectionStatus: 'CONNECTING',
    saslPassword: undefined,
  })
  expect(connectors.list()).toEqual([entity])
  expect(connectors.named?.('to-b')).toEqual(entity)
  expect(started).toEqual(['to-b'])
})

test('the name may come with the attributes, which may also hold type and identity', async () => {
  const entity = await create(undefined, { name: 'c', host: 'b', port: '2', type: 'connector', identity: 'x' })
  expect(entity).toMatchObject({ name: 'c', identity: 'connector/b:2:c' })
})

test('a second entity of the same name is refused', async () => {
  await create('a', { port: 2 })
  await expect(create('a', { port: 3 })).rejects.toThrow(code('config/duplicate-name'))
  await expect(create('b', { name: 'c', port: 3 })).rejects.toThrow(code('management/bad-request'))
  expect(started).toEqual(['a'])
})

test.each([
  ['an unknown attribute', { port: 2, bogus: 1 }, 'config/invalid-attribute'],
  ['a wrong port', { port: 65_536 }, 'config/invalid-attribute'],
  ['what cannot be started', { port: 1 }, 'config/not-supported'],
])('%s leaves nothing behind', async (_title, attributes, expected) => {
  await expect(create('a', attributes)).rejects.toThrow(code(expected))
  expect(connectors.list()).toEqual([])
})

test('UPDATE changes only what may be changed', async () => {
  const entity = await create('a', { host: 'b', port: 2 })
  if (entity === undefined) throw new Error('not created')
  expect(await connectors.update?.(entity, { cost: 5, port: 2, identity: entity.identity })).toMatchObject({ cost: 5 })
  await expect(connectors.update?.(entity, { host: 'c' })).rejects.toThrow(code('management/bad-request'))
  await expect(connectors.update?.(entity, { bogus: 1 })).rejects.toThrow(code('config/invalid-attribute'))
  await expect(connectors.update?.(entity, { cost: 13 })).rejects.toThrow(code('config/not-supported'))
  expect(connectors.list()).toMatchObject([{ cost: 5, host: 'b' }])
})

test('DELETE ends it, once', async () => {
  const entity = await create('a', { port: 2 })
  if (entity === undefined) throw new Error('not created')
  await connectors.delete?.(entity)
  expect(closed).toEqual(['a'])
  await expect(connectors.delete?.(entity)).rejects.toThrow(code('management/not-found'))
})

test('names and identities follow the type', async () => {
  const start = () => ({ close: () => undefined })
  const addresses = configuredType({ type: 'address', start })
  expect(await addresses.create?.(undefined, { prefix: 'mc', distribution: 'multicast' })).toMatchObject({
    name: 'address/mc',
    identity: 'address/mc',
  })
  const profiles = configuredType({ type: 'sslProfile', start })
  expect(await profiles.create?.('p', {})).toMatchObject({ name: 'p', identity: 'sslProfile/p' })
  expect(addresses.type).toBe('io.skupper.router.router.config.address')
})
