import { expect, it } from 'vitest'
import { clusterPolicySchema, mayDo, type ClusterPolicies } from '../../../../../core/model/policy/cluster-policy.ts'
import { clusterPolicy } from '../../../../support/exposable.ts'

const namespace = { name: 'public-shop-x', labels: { team: 'shop', tier: 'web' } }
const active = (...policies: ReturnType<typeof clusterPolicy>[]): ClusterPolicies => ({ state: 'active', policies })

it.each<[string, boolean]>([
  ['*', true],
  ['public-shop-x', true],
  ['.*x$', true],
  ['shop', true],
  ['^shop', false],
  ['(?i)SHOP', true],
  ['team=shop', true],
  ['team=shop,tier=web', true],
  ['team=shop,tier=db', false],
  ['team=', false],
  ['(', false],
])('namespaces: %s', (pattern, allowed) => {
  const rules = active(clusterPolicy('p', { namespaces: [pattern], allowIncomingLinks: true }))
  expect(mayDo({ about: 'incoming-links' }, namespace, rules).allowed).toBe(allowed)
})

it.each<[string, boolean]>([
  ['*', true],
  ['10\\.80\\.0\\.\\d+', true],
  ['^10[.]80', true],
  ['80.0', true],
  ['.*[.]example[.]com$', false],
  ['[', false],
])('hosts: %s', (pattern, allowed) => {
  const rules = active(clusterPolicy('p', { namespaces: ['*'], allowedOutgoingLinksHostnames: [pattern] }))
  expect(mayDo({ about: 'outgoing-link', host: '10.80.0.111' }, namespace, rules).allowed).toBe(allowed)
})

it.each<[string, boolean]>([
  ['*', true],
  ['deployment/web', true],
  ['service/web', false],
  ['deployment/.*', false],
  ['.*', false],
])('resources: %s', (entry, allowed) => {
  const rules = active(clusterPolicy('p', { namespaces: ['*'], allowedExposedResources: [entry] }))
  expect(mayDo({ about: 'exposed-resource', type: 'deployment', name: 'web' }, namespace, rules).allowed).toBe(allowed)
})

it('says what is denied in the words of v1', () => {
  const reason = (question: Parameters<typeof mayDo>[0]) => mayDo(question, namespace, active()).reason
  expect(reason({ about: 'incoming-links' })).toBe('Policy validation error: incoming links are not allowed')
  expect(reason({ about: 'outgoing-link', host: 'h' })).toBe(
    'Policy validation error: outgoing link to h is not allowed',
  )
  expect(reason({ about: 'service', address: 's' })).toBe('Policy validation error: service s cannot be created')
})

it('allows what one of several policies allows, and names those', () => {
  const rules = active(
    clusterPolicy('none', { namespaces: ['*'] }),
    clusterPolicy('elsewhere', { namespaces: ['nowhere'], allowedServices: ['*'] }),
    clusterPolicy('one', { namespaces: ['*'], allowedServices: ['web'] }),
    clusterPolicy('two', { namespaces: ['*'], allowedServices: ['*'] }),
  )
  const answer = mayDo({ about: 'service', address: 'web' }, namespace, rules)
  expect(answer).toEqual({ allowed: true, allowedBy: ['one', 'two'], enabled: true, reason: '' })
})

it('allows everything without the CRD, and nothing where the policies cannot be read', () => {
  const question = { about: 'incoming-links' } as const
  expect(mayDo(question, namespace, { state: 'absent' })).toMatchObject({ allowed: true, enabled: false })
  const unreadable = mayDo(question, namespace, { state: 'unreadable', why: 'no right to list them' })
  expect(unreadable).toMatchObject({ allowed: false, enabled: true })
  expect(unreadable.reason).toContain('no right to list them')
})

it('reads what was written for v1, and names what is wrong', () => {
  const written = clusterPolicy('p', { namespaces: ['*'], allowIncomingLinks: true, allowedServices: ['a', 'b'] })
  expect(clusterPolicySchema.safeParse(written).success).toBe(true)
  expect(clusterPolicySchema.safeParse({ ...written, spec: { allowedServices: 'a' } }).success).toBe(false)
  expect(clusterPolicySchema.safeParse({ ...written, spec: { unknown: true } }).success).toBe(false)
})
