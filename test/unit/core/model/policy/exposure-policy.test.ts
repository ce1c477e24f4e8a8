import { expect, it } from 'vitest'
import {
  exposurePolicySchema,
  inOrder,
  missOf,
  templateAddress,
} from '../../../../../core/model/policy/exposure-policy.ts'
import { exposable, exposurePolicy, service, SHOP } from '../../../../support/exposable.ts'

const web = exposable(service({ labels: { app: 'front' } }))

it('orders by priority, then by name', () => {
  const policies = [
    exposurePolicy('b'),
    exposurePolicy('a'),
    exposurePolicy('z', { priority: 1 }),
    exposurePolicy('l', { priority: -1 }),
  ]
  expect(inOrder(policies).map(({ metadata }) => metadata.name)).toEqual(['z', 'a', 'b', 'l'])
})

it('says why it does not select an object', () => {
  expect(missOf(exposurePolicy('p'), web, SHOP)).toBeUndefined()
  expect(missOf(exposurePolicy('p', { kinds: ['Deployment'] }), web, SHOP)).toBe('it is for Deployment')
  expect(missOf(exposurePolicy('p'), web, { name: 'x', labels: {} })).toBe('its namespaceSelector does not select x')
  const other = exposurePolicy('p', { selector: { matchLabels: { app: 'x' } } })
  expect(missOf(other, web, SHOP)).toBe('its selector does not select the object')
})

it.each([
  [undefined, { address: 'web' }],
  ['{name}-{namespace}', { address: 'web-shop' }],
  ['{label:app}-x', { address: 'front-x' }],
])('makes an address of %s', (address, wanted) => {
  expect(templateAddress(exposurePolicy('p', address === undefined ? {} : { address }), web)).toEqual(wanted)
})

it('says why a template makes none', () => {
  expect(templateAddress(exposurePolicy('p', { address: '{label:nope}' }), web)).toHaveProperty('why')
  expect(templateAddress(exposurePolicy('p', { address: '9{name}' }), web)).toHaveProperty('why')
})

it.each<[string, object]>([
  ['an unknown kind', { kinds: ['Pod'] }],
  ['no namespaceSelector', { namespaceSelector: undefined }],
  ['a bad template', { address: '{nam}' }],
  ['a bad protocol', { protocol: 'udp' }],
  ['a port out of range', { ports: [0] }],
  ['values for Exists', { selector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] } }],
  ['no values for In', { selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }],
  ['an unknown field', { exclude: true }],
])('refuses %s', (_what, spec) => {
  const good = exposurePolicy('p')
  expect(exposurePolicySchema.safeParse(good).success).toBe(true)
  expect(exposurePolicySchema.safeParse({ ...good, spec: { ...good.spec, ...spec } }).success).toBe(false)
})
