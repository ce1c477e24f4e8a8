import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { ManagementAgent } from '../../../../router/management/agent.ts'
import type { ManagementAnswer } from '../../../../router/management/agent.ts'
import type { Entity, EntityType } from '../../../../router/management/entity-type.ts'

const TYPE = 'io.skupper.router.thing'
const LOCAL = { mayChange: true, name: 'controller' }
const STRANGER = { mayChange: false, name: 'other-router' }

let things: Entity[] = []
let warnings: object[] = []
let agent = newAgent()

beforeEach(() => {
  things = [
    { name: 'a', identity: 'thing/a', size: 1 },
    { name: 'b', identity: 'thing/b', colour: 'red' },
    { name: 'c', identity: 'thing/c', size: 3 },
  ]
  warnings = []
  agent = newAgent()
})

function newAgent(): ManagementAgent {
  const thing: EntityType = {
    type: TYPE,
    attributes: ['size', 'colour'],
    list: () => things,
    create: (name, attributes) => {
      if (name === 'bad') throw new SkupperError('config/invalid-attribute', 'size is x; wanted a number')
      if (name === 'bug') throw new TypeError('broken')
      const entity = { ...attributes, name: name ?? '', identity: `thing/${name ?? ''}` }
      things.push(entity)
      return Promise.resolve(entity)
    },
    update: (entity, attributes) => Promise.resolve({ ...entity, ...attributes }),
    delete: (entity) => {
      things = things.filter((each) => each !== entity)
      return Promise.resolve()
    },
  }
  const fixed: EntityType = {
    type: 'io.skupper.router.fixed',
    attributes: [],
    list: () => [{ name: 'f', identity: 'fixed/f' }],
  }
  return new ManagementAgent({
    types: [thing, fixed],
    routerIds: () => ['r1', 'r2'],
    log: { info: () => undefined, warn: (facts) => warnings.push(facts) },
  })
}

function ask(properties: object, body: object = {}, asker = LOCAL): Promise<ManagementAnswer> {
  const applicationProperties = new Map<unknown, unknown>(Object.entries(properties))
  return agent.handle({ applicationProperties, body: new Map(Object.entries(body)) }, asker)
}

test('QUERY answers with a row for each entity', async () => {
  const answer = await ask({ operation: 'QUERY', entityType: TYPE }, { attributeNames: ['name', 'size', 'type'] })
  expect(answer).toEqual({
    statusCode: 200,
    statusDescription: 'OK',
    body: {
      attributeNames: ['name', 'size', 'type'],
      results: [
        ['a', 1, TYPE],
        ['b', null, TYPE],
        ['c', 3, TYPE],
      ],
    },
  })
})

test('QUERY without names gives all attributes, in pages where asked for', async () => {
  const { body } = await ask({ operation: 'QUERY', entityType: 'thing', offset: 1, count: 1 })
  expect(body).toEqual({
    attributeNames: ['size', 'colour', 'name', 'identity', 'type'],
    results: [[null, 'red', 'b', 'thing/b', TYPE]],
  })
})

test('QUERY without a type is about all types', async () => {
  const { body } = await ask({ operation: 'QUERY', type: 'org.amqp.management' }, { attributeNames: ['identity'] })
  expect(body).toMatchObject({ results: [['thing/a'], ['thing/b'], ['thing/c'], ['fixed/f']] })
})

test('READ finds by name, by identity, and without a type', async () => {
  const entity = { name: 'b', identity: 'thing/b', colour: 'red', type: TYPE }
  expect((await ask({ operation: 'READ', type: TYPE, name: 'b' })).body).toEqual(entity)
  expect((await ask({ operation: 'READ', type: TYPE, identity: 'thing/b' })).body).toEqual(entity)
  expect((await ask({ operation: 'READ', name: 'b' })).body).toEqual(entity)
})

test('CREATE, UPDATE and DELETE change what is there', async () => {
  const created = await ask({ operation: 'CREATE', type: TYPE, name: 'd' }, { size: 4 })
  expect(created).toMatchObject({ statusCode: 201, body: { name: 'd', identity: 'thing/d', size: 4, type: TYPE } })
  const updated = await ask({ operation: 'UPDATE', type: TYPE, name: 'd' }, { size: 5 })
  expect(updated).toMatchObject({ statusCode: 200, body: { size: 5 } })
  expect(await ask({ operation: 'DELETE', type: TYPE, name: 'd' })).toMatchObject({ statusCode: 204 })
  expect(things).toHaveLength(3)
})

test.each<[string, number, object, object]>([
  ['an unknown type', 400, { operation: 'QUERY', entityType: 'nonsense' }, {}],
  ['an unknown attribute', 400, { operation: 'QUERY', entityType: TYPE }, { attributeNames: ['bogus'] }],
  ['names that are no list', 400, { operation: 'QUERY', entityType: TYPE }, { attributeNames: 'name' }],
  ['no key', 400, { operation: 'READ', type: TYPE }, {}],
  ['no type', 400, { operation: 'CREATE', name: 'x' }, {}],
  ['wrong attributes', 400, { operation: 'CREATE', type: TYPE, name: 'bad' }, {}],
  ['an entity that is not there', 404, { operation: 'DELETE', type: TYPE, name: 'zz' }, {}],
  ['a failure of ours', 500, { operation: 'CREATE', type: TYPE, name: 'bug' }, {}],
  ['an operation that the type has not', 501, { operation: 'CREATE', type: 'fixed', name: 'x' }, {}],
  ['an operation that nobody has', 501, { operation: 'DANCE', type: TYPE }, {}],
])('%s is answered with %i', async (_title, status, ...request) => {
  expect((await ask(...request)).statusCode).toBe(status)
})

test.each(['CREATE', 'UPDATE', 'DELETE', 'DANCE'])(
  '%s by anybody else is forbidden and logged once',
  async (operation) => {
    const answer = await ask({ operation, type: TYPE, name: 'a' }, {}, STRANGER)
    expect(answer).toMatchObject({ statusCode: 403, body: {} })
    expect(warnings).toEqual([{ operation, entityType: TYPE, name: 'a', identity: undefined, from: 'other-router' }])
    expect(things).toHaveLength(3)
  },
)

test('anybody may read', async () => {
  expect((await ask({ operation: 'READ', type: TYPE, name: 'a' }, {}, STRANGER)).statusCode).toBe(200)
  expect((await ask({ operation: 'QUERY', entityType: TYPE }, {}, STRANGER)).statusCode).toBe(200)
  expect(warnings).toEqual([])
})

test('GET-MGMT-NODES names the agents of all routers', async () => {
  const { body } = await ask({ operation: 'GET-MGMT-NODES', type: 'org.amqp.management', name: 'self' })
  expect(body).toEqual(['amqp:/_topo/0/r1/$management', 'amqp:/_topo/0/r2/$management'])
})

test('GET-OPERATIONS, GET-TYPES and GET-ATTRIBUTES describe the types', async () => {
  const about = { type: 'org.amqp.management', name: 'self' }
  expect((await ask({ operation: 'GET-OPERATIONS', ...about })).body).toEqual({
    [TYPE]: ['CREATE', 'UPDATE', 'DELETE', 'READ'],
    'io.skupper.router.fixed': ['READ'],
  })
  expect((await ask({ operation: 'GET-TYPES', ...about, entityType: TYPE })).body).toEqual({ [TYPE]: [] })
  expect((await ask({ operation: 'GET-ATTRIBUTES', ...about, entityType: 'fixed' })).body).toEqual({
    'io.skupper.router.fixed': ['name', 'identity', 'type'],
  })
})

test('changes are made one after the other', async () => {
  const answers = await Promise.all(
    ['x', 'bad', 'y'].map((name) => ask({ operation: 'CREATE', type: TYPE, name }, { size: 1 })),
  )
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 400, 201])
  expect(things.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'x', 'y'])
})

test('every request gets an answer with a status', async () => {
  const properties = fc.record(
    {
      operation: fc.constantFrom('QUERY', 'READ', 'CREATE', 'UPDATE', 'DELETE', 'GET-TYPES', 'x'),
      type: fc.anything(),
      entityType: fc.constantFrom(TYPE, 'fixed', 'nonsense'),
      name: fc.anything(),
      count: fc.anything(),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(properties, fc.dictionary(fc.string(), fc.anything()), async (given, body) => {
      expect([200, 201, 204, 400, 404, 500, 501]).toContain((await ask(given, body)).statusCode)
    }),
  )
})
