import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRequest } from '../../../../router/management/request.ts'

const parse = (properties: Record<string, unknown>, body?: unknown) =>
  parseRequest({ applicationProperties: new Map(Object.entries(properties)), body })

test('a query names its type as entityType', () => {
  const properties = { operation: 'QUERY', type: 'org.amqp.management', entityType: 'listener', count: 3, offset: 2 }
  expect(parse(properties, new Map([['attributeNames', ['name']]]))).toEqual({
    operation: 'QUERY',
    entityType: 'listener',
    key: { name: undefined, identity: undefined },
    count: 3,
    offset: 2,
    attributes: { attributeNames: ['name'] },
  })
})

test('other operations name it as type; identities may be numbers', () => {
  const request = parse({ operation: 'DELETE', type: 'connection', name: null, identity: 7 }, new Map())
  expect(request).toMatchObject({ entityType: 'connection', key: { name: undefined, identity: '7' } })
})

test('a body may be absent', () => {
  expect(parse({ operation: 'READ' }).attributes).toEqual({})
  expect(parse({ operation: 'READ' }, null).attributes).toEqual({})
})

test.each<[string, Record<string, unknown>, unknown]>([
  ['no operation', { type: 'listener' }, null],
  ['an operation that is no text', { operation: true }, null],
  ['a type that is no text', { operation: 'READ', type: ['listener'] }, null],
  ['a negative offset', { operation: 'QUERY', offset: -1 }, null],
  ['a broken count', { operation: 'QUERY', count: 1.5 }, null],
  ['a count that is text', { operation: 'QUERY', count: '1' }, null],
  ['a body that is text', { operation: 'CREATE' }, 'name=x'],
  ['a body that is a list', { operation: 'CREATE' }, ['name']],
  ['keys that are no text', { operation: 'CREATE' }, new Map([[1, 'x']])],
])('%s is refused', (_title, properties, body) => {
  expect(() => parse(properties, body)).toThrow(expect.objectContaining({ code: 'management/bad-request' }) as Error)
})

test('whatever a stranger sends is read or refused by code', () => {
  const names = fc.constantFrom('operation', 'type', 'entityType', 'name', 'identity', 'count', 'offset')
  fc.assert(
    fc.property(fc.dictionary(names, fc.anything()), fc.anything({ withMap: true }), (properties, body) => {
      try {
        parse(properties, body)
      } catch (error) {
        expect(error).toMatchObject({ code: 'management/bad-request' })
      }
    }),
  )
})
