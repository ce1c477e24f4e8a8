import { expect, test } from 'vitest'
import { changedSite, newSite } from '../../../../../plugin/platform/kubernetes/site-plan.ts'
import { thrownCode } from '../../../../support/thrown-code.ts'

const flags = (...pairs: [string, string][]) => new Map(pairs)
const guide = flags(
  ['site-name', 'public-cloud'],
  ['enable-console', 'true'],
  ['enable-flow-collector', 'true'],
  ['console-auth', 'internal'],
  ['console-user', 'admin'],
  ['console-password', 'changeme'],
)

test('the flags of the guide make a Site without the password in it', () => {
  const { site, isNew, changes } = newSite('default', guide)
  expect(isNew).toBe(true)
  expect(changes).toEqual([])
  expect(site.metadata).toEqual({ name: 'public-cloud' })
  expect(site.spec).toEqual({
    linkAccess: 'default',
    settings: { console: 'true', 'flow-collector': 'true', 'console-auth': 'internal', 'console-user': 'admin' },
  })
  expect(JSON.stringify(site)).not.toContain('changeme')
})

test('a site is named after its namespace; an edge site takes no links', () => {
  expect(newSite('east', flags()).site.metadata.name).toBe('east')
  expect(newSite('east', flags(['router-mode', 'edge'])).site.spec).toMatchObject({ edge: true, linkAccess: 'none' })
})

test('kinds of ingress are those of Skupper v1, and become those of v2', () => {
  const accessFor = (ingress: string) =>
    newSite('x', flags(['ingress', ingress], ['ingress-host', 'x.example'])).site.spec.linkAccess
  expect(['loadbalancer', 'nodeport', 'nginx-ingress-v1', 'contour-http-proxy', 'none'].map(accessFor)).toEqual([
    ...['loadbalancer', 'nodeport', 'ingress-nginx', 'contour-http-proxy', 'none'],
  ])
})

test('a further init changes what its flags name, and tells it without the password', () => {
  const { site } = newSite('default', guide)
  const plan = changedSite(site, flags(['routers', '2'], ['ingress', 'none'], ['console-password', 'secret']))
  expect(plan.isNew).toBe(false)
  expect(plan.changes).toEqual(['ingress: default -> none', 'routers: 1 -> 2', 'console-password: changed'])
  expect(plan.site.spec.settings).toMatchObject({ console: 'true', routers: '2' })
  expect(changedSite(site, flags()).changes).toEqual([])
  expect(changedSite(site, flags(['site-name', 'public-cloud'])).changes).toEqual([])
})

test('what cannot be changed in place is refused', () => {
  const { site } = newSite('default', guide)
  expect(thrownCode(() => changedSite(site, flags(['site-name', 'other'])))).toBe('site/immutable')
  expect(thrownCode(() => changedSite(site, flags(['router-mode', 'edge'])))).toBe('site/immutable')
})

test.each([
  ['site-name', 'two words', 'site/name'],
  ['router-mode', 'leaf', 'flag/router-mode'],
  ['ingress', 'tunnel', 'flag/ingress'],
  ['ingress', 'nodeport', 'flag/ingress-host'],
  ['router-engine', 'skupper-router', 'flag/router-image'],
  ['routers', '0', 'flag/value'],
  ['router-cpu', 'much', 'flag/value'],
  ['console-password', '', 'flag/value'],
  ['enable-flow-collector', 'true', 'flag/flow-collector'],
])('--%s=%s is refused', (name, value, code) => {
  expect(thrownCode(() => newSite('x', flags([name, value])))).toBe(code)
})

test('a password needs the console to know users by itself', () => {
  const given = flags(['console-auth', 'unsecured'], ['console-password', 'x'])
  expect(thrownCode(() => newSite('x', given))).toBe('flag/console-auth')
})
