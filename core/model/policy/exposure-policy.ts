import { z } from 'zod'
import { isAddress } from '../address.ts'
import { EXPOSABLE_KINDS, type ExposableKind, type ExposableObject } from '../exposure/exposable-object.ts'
import { ISTIO_TREATMENTS } from '../exposure/istio-treatment.ts'
import { fields, flag, integer, matching, oneOf, port } from '../field-schemas.ts'
import { PROTOCOLS } from '../protocol.ts'
import { resourceSchema, type Known } from '../resource-schema.ts'
import type { PolicyNamespace } from './cluster-policy.ts'
import { labelSelectorSchema, selects, type LabelSelector } from './label-selector.ts'

const DEFAULT_KINDS: readonly ExposableKind[] = ['Service']
const EVERYTHING: LabelSelector = {}
const MAX_PORTS = 64
const MAX_PRIORITY = 1_000_000
const PLACE = /\{(name|namespace|label:[^{}]+)\}/g

export const exposurePolicySchema = resourceSchema('ExposurePolicy', {
  spec: fields({
    namespaceSelector: labelSelectorSchema,
    selector: labelSelectorSchema.optional(),
    kinds: z
      .array(oneOf(EXPOSABLE_KINDS), { error: 'a list of kinds' })
      .min(1, { error: 'at least one kind' })
      .max(EXPOSABLE_KINDS.length, { error: 'each kind once' })
      .optional(),
    address: matching(
      /^([-a-z0-9]|\{(name|namespace|label:[^{}]+)\})+$/,
      512,
      'lower-case letters, digits, "-", {name}, {namespace} and {label:KEY}',
    ).optional(),
    protocol: oneOf(['auto', ...PROTOCOLS]).optional(),
    ports: z
      .array(port, { error: 'a list of ports' })
      .min(1, { error: 'at least one port' })
      .max(MAX_PORTS, { error: `at most ${String(MAX_PORTS)} ports` })
      .optional(),
    istio: oneOf(ISTIO_TREATMENTS).optional(),
    priority: integer(-MAX_PRIORITY, MAX_PRIORITY).optional(),
    dryRun: flag.optional(),
  }),
  status: {},
})

/**
 * Exposes objects that carry no annotation: those of `kinds` (Services where it is absent) that `selector` selects
 * (all where it is absent), in namespaces that `namespaceSelector` selects. With `dryRun` it only reports.
 */
export type ExposurePolicy = Known<z.infer<typeof exposurePolicySchema>>

/** One policy's view of an object, for people who ask why. */
export interface PolicyMatch {
  readonly policy: ExposurePolicy
  /** Why it does not apply; undefined where it does. */
  readonly misses: string | undefined
}

/** The policies in the order in which they are asked: highest priority first, then by name. */
export function inOrder(policies: readonly ExposurePolicy[]): ExposurePolicy[] {
  return [...policies].sort(byRank)
}

/** Why the policy does not select the object; undefined where it does. */
export function missOf(
  policy: ExposurePolicy,
  object: ExposableObject,
  namespace: PolicyNamespace,
): string | undefined {
  const { kinds = DEFAULT_KINDS, namespaceSelector, selector = EVERYTHING } = policy.spec
  if (!kinds.includes(object.kind)) return `it is for ${kinds.join(', ')}`
  if (!selects(namespaceSelector, namespace.labels)) return `its namespaceSelector does not select ${namespace.name}`
  if (!selects(selector, object.labels)) return 'its selector does not select the object'
  return undefined
}

/** The policy that exposes the object: the first that selects it and does not only report. */
export function policyFor(
  object: ExposableObject,
  namespace: PolicyNamespace,
  policies: readonly ExposurePolicy[],
): ExposurePolicy | undefined {
  let best: ExposurePolicy | undefined
  for (const policy of policies) {
    if (policy.spec.dryRun === true || (best !== undefined && byRank(best, policy) < 0)) continue
    if (applies(policy, object, namespace)) best = policy
  }
  return best
}

/** What the policy's template gives for the object: an address, or undefined with the reason. */
export function templateAddress(
  { spec }: ExposurePolicy,
  object: ExposableObject,
): { address: string } | { why: string } {
  const template = spec.address ?? '{name}'
  const missing: string[] = []
  const address = template.replaceAll(PLACE, (_whole, place: string) => {
    if (place === 'name') return object.name
    if (place === 'namespace') return object.namespace
    const key = place.slice('label:'.length)
    const value = Object.hasOwn(object.labels, key) ? object.labels[key] : undefined
    if (value === undefined) missing.push(key)
    return value ?? ''
  })
  if (missing.length > 0) return { why: `the object has no label ${missing.join(', ')}, which the address is made of` }
  return isAddress(address) ? { address } : { why: `"${address}", made from "${template}", is not an address` }
}

function applies({ spec }: ExposurePolicy, object: ExposableObject, namespace: PolicyNamespace): boolean {
  const { kinds = DEFAULT_KINDS, namespaceSelector, selector = EVERYTHING } = spec
  return kinds.includes(object.kind) && selects(namespaceSelector, namespace.labels) && selects(selector, object.labels)
}

function byRank(a: ExposurePolicy, b: ExposurePolicy): number {
  const byPriority = (b.spec.priority ?? 0) - (a.spec.priority ?? 0)
  return byPriority === 0 ? (a.metadata.name < b.metadata.name ? -1 : 1) : byPriority
}
