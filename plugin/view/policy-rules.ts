import { concerns, type ClusterPolicy } from '../../core/model/policy/cluster-policy.ts'
import type { SitePolicies } from '../../core/model/policy/resource-refusal.ts'

type Spec = ClusterPolicy['spec']

/** The names of Skupper v1, each with the values that a policy has for it. */
const RULES: readonly (readonly [string, (spec: Spec) => readonly string[]])[] = [
  ['AllowIncomingLinks', ({ allowIncomingLinks = false }) => (allowIncomingLinks ? ['true'] : [])],
  ['AllowedOutgoingLinksHostnames', ({ allowedOutgoingLinksHostnames = [] }) => allowedOutgoingLinksHostnames],
  ['AllowedExposedResources', ({ allowedExposedResources = [] }) => allowedExposedResources],
  ['AllowedServices', ({ allowedServices = [] }) => allowedServices],
]

/**
 * What the policies of Skupper v1 allow a namespace, as rows of rule, value and the policy that has it; a rule and a
 * value are written only where they are others than in the row before. Undefined where there are no such policies.
 */
export function policyRules({ rules, namespace }: SitePolicies): string[][] | undefined {
  if (rules.state === 'absent') return undefined
  const policies = rules.state === 'active' ? rules.policies.filter(({ spec }) => concerns(spec, namespace)) : []
  return RULES.flatMap(([rule, valuesOf]) => {
    const pairs = policies.flatMap(({ metadata, spec }) =>
      valuesOf(spec).map((value) => [value, metadata.name] as const),
    )
    const byValue = [...Map.groupBy(pairs, ([value]) => value)]
    const rows = byValue.flatMap(([value, holders]) =>
      holders.map(([, policy], at) => [at === 0 ? value : '', policy] as const),
    )
    if (rows.length === 0) return [[rule, rule === 'AllowIncomingLinks' ? 'false' : '', '']]
    return rows.map(([value, policy], at) => [at === 0 ? rule : '', value, policy])
  })
}
