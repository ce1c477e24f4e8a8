import { expect, test } from 'vitest'
import { identityOf, isSameIdentity, routerIdOf } from '../../../../controller/site/site-identity.ts'
import { site } from '../../../support/machine-resources.ts'

test('an identity is id, name and engine; nothing else makes it another', () => {
  const identity = identityOf(site('east'))
  const again = identityOf(site('east', { settings: { 'listen-host': '127.0.0.9' } }))
  const engine = identityOf(site('east', { settings: { 'router-engine': 'skupper-router' } }))
  if (identity === undefined || again === undefined || engine === undefined) throw new Error('no identity')
  expect(isSameIdentity(identity, again)).toBe(true)
  expect(isSameIdentity(identity, engine)).toBe(false)
  expect(isSameIdentity(identity, { ...identity, id: 'other' })).toBe(false)
  expect(isSameIdentity(identity, { ...identity, name: 'other' })).toBe(false)
})

test('a Site has no identity before it has an id', () => {
  const { metadata, ...rest } = site('east')
  expect(identityOf({ ...rest, metadata: { name: metadata.name } })).toBeUndefined()
})

test('a router is called by the site and the beginning of its id', () => {
  const identity = identityOf(site('east'))
  expect(identity && routerIdOf(identity)).toBe('east-8d5cd350')
})

test('an engine nobody knows is an error', () => {
  const unknown = { ...site('east'), spec: { settings: { 'router-engine': 'steam' } } }
  expect(() => identityOf(unknown)).toThrow(expect.objectContaining({ code: 'config/unknown-engine' }))
})
