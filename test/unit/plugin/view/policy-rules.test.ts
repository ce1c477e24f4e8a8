import { expect, test } from 'vitest'
import { policyRules } from '../../../../plugin/view/policy-rules.ts'
import { UNRESTRICTED } from '../../../../core/model/policy/resource-refusal.ts'
import { clusterPolicy, SHOP } from '../../../support/exposable.ts'

const under = (...policies: ReturnType<typeof clusterPolicy>[]) =>
  policyRules({ rules: { state: 'active', policies }, namespace: SHOP })

test('rules of all policies for the namespace, each value with the policies that have it', () => {
  const rows = under(
    clusterPolicy('one', { namespaces: ['*'], allowIncomingLinks: true, allowedServices: ['web', 'db'] }),
    clusterPolicy('two', { namespaces: [SHOP.name], allowedServices: ['web'] }),
    clusterPolicy('elsewhere', { namespaces: ['nowhere'], allowedExposedResources: ['*'] }),
  )
  expect(rows).toEqual([
    ['AllowIncomingLinks', 'true', 'one'],
    ['AllowedOutgoingLinksHostnames', '', ''],
    ['AllowedExposedResources', '', ''],
    ['AllowedServices', 'web', 'one'],
    ['', '', 'two'],
    ['', 'db', 'one'],
  ])
})

test('without any policy nothing is allowed, and without the kind there are no rules', () => {
  expect(under()?.[0]).toEqual(['AllowIncomingLinks', 'false', ''])
  expect(policyRules(UNRESTRICTED)).toBeUndefined()
})
