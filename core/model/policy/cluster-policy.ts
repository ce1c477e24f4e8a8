import { z } from 'zod'
import { fields, flag, text } from '../field-schemas.ts'
import type { Labels } from '../labels.ts'
import { hasLabels, parseLabels } from '../labels.ts'
import { metadataSchema, type Known } from '../resource-schema.ts'

/** Group and version that Skupper v1 gave its policies. */
export const CLUSTER_POLICY_API_VERSION = 'skupper.io/v1alpha1'

const MAX_PATTERNS = 1000
const patterns = z
  .array(text(1024), { error: 'a list of text' })
  .max(MAX_PATTERNS, { error: `at most ${String(MAX_PATTERNS)} entries` })
  .optional()

export const clusterPolicySchema = fields({
  apiVersion: z.literal(CLUSTER_POLICY_API_VERSION, { error: CLUSTER_POLICY_API_VERSION }),
  kind: z.literal('SkupperClusterPolicy'),
  metadata: metadataSchema,
  spec: fields({
    namespaces: patterns,
    allowIncomingLinks: flag.optional(),
    allowedOutgoingLinksHostnames: patterns,
    allowedExposedResources: patterns,
    allowedServices: patterns,
  }).default({}),
})

/** Skupper v1's policy: what sites of some namespaces may do. With its CRD in a cluster, nothing else is allowed. */
export type ClusterPolicy = Known<z.infer<typeof clusterPolicySchema>>

/** A namespace as far as policies look at it. */
export interface PolicyNamespace {
  readonly name: string
  readonly labels: Labels
}

/**
 * What is known of the cluster's policies of Skupper v1. `absent`: the cluster does not know the kind, so all is
 * allowed. `unreadable`: it does, but they cannot be read, so nothing is; `why` names the verb that is missing.
 */
export type ClusterPolicies =
  | { readonly state: 'absent' }
  | { readonly state: 'unreadable'; readonly why: string }
  | { readonly state: 'active'; readonly policies: readonly ClusterPolicy[] }

/** Something that Skupper v1's policies decide on. */
export type PolicyQuestion =
  | { readonly about: 'incoming-links' }
  | { readonly about: 'outgoing-link'; readonly host: string }
  | { readonly about: 'exposed-resource'; readonly type: string; readonly name: string }
  | { readonly about: 'service'; readonly address: string }

/** The answer, in Skupper v1's words. */
export interface PolicyAnswer {
  readonly allowed: boolean
  /** Names of the policies that allow it. */
  readonly allowedBy: readonly string[]
  /** Whether policies are in force at all. */
  readonly enabled: boolean
  /** Why it is not allowed; empty where it is. */
  readonly reason: string
}

/** Whether a site of that namespace may do it: one policy that allows it is enough, and without any it may not. */
export function mayDo(question: PolicyQuestion, namespace: PolicyNamespace, rules: ClusterPolicies): PolicyAnswer {
  if (rules.state === 'absent') return { allowed: true, allowedBy: [], enabled: false, reason: '' }
  const reason = `Policy validation error: ${denialText(question)}`
  if (rules.state === 'unreadable') {
    return { allowed: false, allowedBy: [], enabled: true, reason: `${reason} (${rules.why})` }
  }
  const allowing = rules.policies.filter(({ spec }) => concerns(spec, namespace) && allows(spec, question))
  const allowed = allowing.length > 0
  const allowedBy = allowing.map(({ metadata }) => metadata.name)
  return { allowed, allowedBy, enabled: true, reason: allowed ? '' : reason }
}

type Spec = ClusterPolicy['spec']

/** Whether a policy is for a namespace. */
export function concerns({ namespaces = [] }: Spec, { name, labels }: PolicyNamespace): boolean {
  return namespaces.some((entry) => {
    if (!entry.includes('=')) return matches(entry, name)
    const wanted = parseLabels(entry)
    return wanted !== undefined && hasLabels(labels, wanted)
  })
}

function allows(spec: Spec, question: PolicyQuestion): boolean {
  switch (question.about) {
    case 'incoming-links':
      return spec.allowIncomingLinks === true
    case 'outgoing-link':
      return (spec.allowedOutgoingLinksHostnames ?? []).some((entry) => matches(entry, question.host))
    case 'exposed-resource': {
      // Exact names only: v1 has no patterns here (reference, section 7.1).
      const resource = `${question.type}/${question.name}`
      return (spec.allowedExposedResources ?? []).some((entry) => entry === '*' || entry === resource)
    }
    case 'service':
      return (spec.allowedServices ?? []).some((entry) => matches(entry, question.address))
  }
}

/** `*`, or a regular expression that may match anywhere in the text. One that is not valid matches nothing. */
function matches(entry: string, subject: string): boolean {
  if (entry === '*') return true
  // Go writes flags in the pattern: "(?i)name".
  const [, flags = '', pattern = ''] = /^(?:\(\?([imsU]+)\))?(.*)$/s.exec(entry) ?? []
  try {
    return new RegExp(pattern, [...new Set(flags)].join('').replace('U', '')).test(subject)
  } catch {
    return false
  }
}

function denialText(question: PolicyQuestion): string {
  switch (question.about) {
    case 'incoming-links':
      return 'incoming links are not allowed'
    case 'outgoing-link':
      return `outgoing link to ${question.host} is not allowed`
    case 'exposed-resource':
      return `${question.type}/${question.name} cannot be exposed`
    case 'service':
      return `service ${question.address} cannot be created`
  }
}
