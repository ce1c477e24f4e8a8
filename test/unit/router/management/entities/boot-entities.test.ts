import { expect, test } from 'vitest'
import { parseAttributes } from '../../../../../router/config/entities.ts'
import { routerType, siteType } from '../../../../../router/management/entities/boot-entities.ts'

test('the router shows its configuration and its version', () => {
  const attributes = parseAttributes('router', { id: 'a', mode: 'interior' })
  const type = routerType(attributes, { version: '1.2.3', hostName: 'host' })
  expect(type.list()).toMatchObject([
    { identity: 'router/a', name: 'router/a', id: 'a', mode: 'interior', version: '1.2.3', hostName: 'host' },
  ])
  expect(type.attributes).toEqual(expect.arrayContaining(['id', 'mode', 'version', 'metadata']))
  expect(type).not.toHaveProperty('create')
})

test('the site has a name in any case', () => {
  expect(siteType(parseAttributes('site', { name: 'east' })).list()).toMatchObject([{ identity: 'site/east' }])
  expect(siteType(parseAttributes('site', {})).list()).toMatchObject([{ name: 'site/0', identity: 'site/site/0' }])
})
