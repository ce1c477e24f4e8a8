import { expect, it } from 'vitest'
import { refusalOf, UNRESTRICTED, type SitePolicies } from '../../../../../core/model/policy/resource-refusal.ts'
import { parseResource } from '../../../../../core/model/resource.ts'
import { clusterPolicy, SHOP } from '../../../../support/exposable.ts'

const DENIAL = 'Policy validation error: '

const resource = (kind: string, spec: object, annotations = {}) =>
  parseResource({ apiVersion: 'skupper.io/v2alpha1', kind, metadata: { name: 'x', annotations }, spec })

const under = (...specs: object[]): SitePolicies => {
  const policies = specs.map((spec) => clusterPolicy('p', { namespaces: ['*'], ...spec }))
  return { rules: { state: 'active', policies }, namespace: SHOP }
}

const endpoint = (host: string) => ({ name: 'inter-router', host, port: '55671' })
const token = (host: string) => ({ url: `https://${host}:8081/1`, code: 'c', ca: 'c' })
const deployment = { 'internal.skupper.io/target': 'deployment/web' }

it.each([
  {
    ...{ kind: 'AccessGrant', spec: {}, allowing: { allowIncomingLinks: true } },
    reason: 'incoming links are not allowed',
  },
  {
    ...{ kind: 'AccessToken', spec: token('h.com'), allowing: { allowedOutgoingLinksHostnames: ['h.c'] } },
    reason: 'outgoing link to h.com is not allowed',
  },
  {
    ...{ kind: 'AccessToken', spec: token('[fd00::1]'), allowing: { allowedOutgoingLinksHostnames: ['^fd'] } },
    reason: 'outgoing link to fd00::1 is not allowed',
  },
  {
    ...{ kind: 'Link', spec: { endpoints: [endpoint('a')] }, allowing: { allowedOutgoingLinksHostnames: ['a'] } },
    reason: 'outgoing link to a is not allowed',
  },
  {
    ...{
      kind: 'Listener',
      spec: { routingKey: 'web:80', host: 'w', port: 80 },
      allowing: { allowedServices: ['web'] },
    },
    reason: 'service web cannot be created',
  },
])('$kind: $reason', ({ kind, spec, allowing, reason }) => {
  expect(refusalOf(resource(kind, spec), under())).toBe(`${DENIAL}${reason}`)
  expect(refusalOf(resource(kind, spec), under(allowing))).toBeUndefined()
  expect(refusalOf(resource(kind, spec), UNRESTRICTED)).toBeUndefined()
})

it('a Connector needs its service and what it exposes to be allowed', () => {
  const connector = resource('Connector', { routingKey: 'web:80', selector: 'app=web', port: 80 }, deployment)
  expect(refusalOf(connector, under({ allowedServices: ['*'] }))).toBe(`${DENIAL}deployment/web cannot be exposed`)
  expect(refusalOf(connector, under({ allowedExposedResources: ['*'] }))).toBe(`${DENIAL}service web cannot be created`)
  expect(refusalOf(connector, under({ allowedServices: ['*'] }, { allowedExposedResources: ['*'] }))).toBeUndefined()
})

it('a Link is permitted with one endpoint that is', () => {
  const link = resource('Link', { endpoints: [endpoint('a'), endpoint('b')] })
  expect(refusalOf(link, under({ allowedOutgoingLinksHostnames: ['^b$'] }))).toBeUndefined()
})

it('of other kinds nothing is asked', () => {
  expect(refusalOf(resource('Site', {}), under())).toBeUndefined()
})
