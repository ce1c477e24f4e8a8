import { refusalOf, type SitePolicies } from '../core/model/policy/resource-refusal.ts'
import { checkResource, isKnownKind, issueMessage } from '../core/model/resource.ts'
import { API_VERSION } from '../core/model/resource-schema.ts'
import { explain } from '../core/model/schema-issue.ts'
import { CLUSTER_POLICY_API_VERSION, clusterPolicySchema } from '../core/model/policy/cluster-policy.ts'
import { exposurePolicySchema } from '../core/model/policy/exposure-policy.ts'
import type { ClusterView } from './cluster-view.ts'
import type { Validation } from './validate.ts'

/** A resource, and what it was before where it is changed; `namespace` is undefined for one of the whole cluster. */
export interface ResourceCandidate {
  readonly object: unknown
  readonly oldObject: unknown
  readonly namespace: string | undefined
}

/**
 * Whether a resource of Skupper is admitted: by the same schemas that the CRDs are made from, with the rules that those
 * cannot hold, and by Skupper v1's policies. A change of something that was wrong before is not stopped. Pure.
 */
export function resourceValidationOf(
  { object, oldObject, namespace = '' }: ResourceCandidate,
  view: ClusterView,
): Validation {
  const site = { rules: view.policies.cluster, namespace: view.namespace(namespace) }
  const fault = faultOf(object, site)
  if (fault === undefined) return { refusal: undefined, warnings: patternWarnings(object) }
  const wasThere = faultOf(oldObject, site) === fault
  return wasThere ? { refusal: undefined, warnings: [fault] } : { refusal: fault, warnings: [] }
}

/** Whether the object is of a kind that `resourceValidationOf` knows. */
export function isSkupperResource(object: unknown): boolean {
  const { apiVersion, kind } = headOf(object)
  if (apiVersion === CLUSTER_POLICY_API_VERSION) return kind === 'SkupperClusterPolicy'
  return apiVersion === API_VERSION && (isKnownKind(kind) || kind === 'ExposurePolicy')
}

function faultOf(object: unknown, site: SitePolicies): string | undefined {
  const { kind } = headOf(object)
  if (kind === 'ExposurePolicy') return faultBy(exposurePolicySchema, object)
  if (kind === 'SkupperClusterPolicy') return faultBy(clusterPolicySchema, object)
  if (!isKnownKind(kind)) return undefined
  const checked = checkResource(object)
  return 'issue' in checked ? issueMessage(checked.issue) : refusalOf(checked.resource, site)
}

function faultBy(
  schema: typeof exposurePolicySchema | typeof clusterPolicySchema,
  object: unknown,
): string | undefined {
  const result = schema.safeParse(object)
  if (result.success) return undefined
  const { kind, name } = headOf(object)
  return issueMessage({ subject: `${String(kind)} ${name}`, ...explain(result.error, object) })
}

/** An entry that is no regular expression matches nothing, as in v1: nobody meant that. */
function patternWarnings(object: unknown): string[] {
  const policy = clusterPolicySchema.safeParse(object)
  if (!policy.success) return []
  const { namespaces = [], allowedOutgoingLinksHostnames = [], allowedServices = [] } = policy.data.spec
  return [...namespaces, ...allowedOutgoingLinksHostnames, ...allowedServices]
    .filter((entry) => entry !== '*' && !isPattern(entry))
    .map((entry) => `"${entry}" is not a regular expression: it matches nothing`)
}

function isPattern(entry: string): boolean {
  try {
    return new RegExp(entry.replace(/^\(\?[imsU]+\)/, '')) instanceof RegExp
  } catch {
    return false
  }
}

function headOf(object: unknown): { apiVersion?: unknown; kind?: unknown; name: string } {
  if (typeof object !== 'object' || object === null) return { name: '' }
  const { apiVersion, kind, metadata } = object as Record<string, unknown>
  const name = typeof metadata === 'object' && metadata !== null && 'name' in metadata ? metadata.name : ''
  return { apiVersion, kind, name: typeof name === 'string' ? name : '' }
}
