import { expect, test } from 'vitest'
import { accessHosts, advertisedHost, machineEndpoints } from '../../../../controller/machine/machine-access.ts'
import { routerAccess, site } from '../../../support/machine-resources.ts'

const siteAt = (linkHost: string) => site('east', { settings: { 'link-host': linkHost } })
const machineHosts = ['192.0.2.7', 'box']
const wild = { site: siteAt('0.0.0.0'), machineHosts }

test('others are told the first name that is no wildcard', () => {
  const unnamed = routerAccess('a', { subjectAlternativeNames: ['::'] })
  expect(advertisedHost(routerAccess('a'), wild)).toBe('127.0.1.1')
  expect(advertisedHost(unnamed, { site: siteAt('127.0.9.9'), machineHosts })).toBe('127.0.9.9')
  expect(advertisedHost(unnamed, wild)).toBe('192.0.2.7')
})

test('a role without a port has the one of Skupper v2', () => {
  const access = routerAccess('in', { roles: [{ name: 'inter-router' }] })
  expect(machineEndpoints(access, wild)).toEqual([
    { name: 'inter-router', host: '127.0.1.1', port: '55671', group: 'in' },
  ])
})

test('a certificate is for all names of the machine where all are listened on', () => {
  const bound = routerAccess('in', { bindHost: '0.0.0.0', subjectAlternativeNames: ['site.example'] })
  expect(accessHosts(bound, wild)).toEqual(['site.example', '192.0.2.7', 'box'])
})

test('a certificate is for the host that is bound and the names that are given, where one is bound', () => {
  const bound = routerAccess('in', { bindHost: '127.0.5.1', subjectAlternativeNames: ['site.example'] })
  expect(accessHosts(bound, wild)).toEqual(['site.example', '127.0.5.1'])
})

test('a certificate is for the link-host of the site in any case', () => {
  const named = { site: siteAt('public.example'), machineHosts }
  const bound = routerAccess('in', { bindHost: '::', subjectAlternativeNames: [] })
  expect(accessHosts(bound, named)).toEqual(['public.example', '192.0.2.7', 'box'])
})
