import { expect, it } from 'vitest'
import {
  attributeNames,
  ENTITY_TYPES,
  entityTypeOf,
  isEntity,
  managementType,
  parseAttributes,
  parseEntity,
} from '../../../../router/config/entities.ts'
import { ENTITY_SCHEMAS } from '../../../../router/config/entity-schemas.ts'

it('lists every type that has a schema', () => {
  expect([...ENTITY_TYPES].sort()).toEqual(Object.keys(ENTITY_SCHEMAS).sort())
})

it('knows types by their short and full names', () => {
  expect(managementType('tcpListener')).toBe('io.skupper.router.tcpListener')
  expect(managementType('address')).toBe('io.skupper.router.router.config.address')
  for (const type of ENTITY_TYPES)
    expect([entityTypeOf(type), entityTypeOf(managementType(type))]).toEqual([type, type])
  expect(entityTypeOf('tcplistener')).toBeUndefined()
})

it('names the attributes of a type', () => {
  expect(attributeNames('tcpConnector')).toContain('verifyHostname')
  expect(attributeNames('address')).toContain('prefix')
})

it('counts null and empty text as absent', () => {
  const given = { name: 'p', caCertFile: null, certFile: '', ordinal: '2' }
  expect(parseAttributes('sslProfile', given)).toEqual({
    name: 'p',
    revokedKeys: '',
    ordinal: 2,
    oldestValidOrdinal: 0,
  })
})

it('tells entities apart by type', () => {
  const entity = parseEntity('io.skupper.router.router', { id: 'a' })
  expect(isEntity(entity, 'router') && entity.attributes.id).toBe('a')
  expect(isEntity(entity, 'site')).toBe(false)
})
