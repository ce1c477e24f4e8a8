import { expect, test } from 'vitest'
import { placeWish } from '../../../../controller/machine/place-wish.ts'
import { listener, routerAccess, site } from '../../../support/machine-resources.ts'

const HOSTS = { 'listen-host': '127.0.5.1', 'link-host': '127.0.5.2' }
const resources = {
  site: site('east', { settings: HOSTS }),
  surplus: [],
  accesses: [routerAccess('in', { bindHost: '0.0.0.0' })],
  links: [],
  listeners: [listener('a', { port: 8080 })],
  multiKeyListeners: [],
  connectors: [],
  secrets: [],
}

test('services listen on the listen-host, tokens are answered where links are accepted', () => {
  const { hosts, reserved } = placeWish(resources, '127.0.5.1')
  expect(hosts).toEqual({ management: '127.0.5.1', health: '127.0.5.1', tokens: '0.0.0.0' })
  expect(reserved).toEqual(new Set([55_671, 8080]))
})

test('without a way in, the link-host is as good', () => {
  expect(placeWish({ ...resources, accesses: [] }, '127.0.5.1').hosts.tokens).toBe('127.0.5.2')
})
