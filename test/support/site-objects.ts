import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject, ResourceType } from '../../core/kube/kube-object.ts'
import {
  CONFIG_MAP,
  DEPLOYMENT,
  ENDPOINT_SLICE,
  INGRESS,
  MODEL_TYPES,
  NETWORK_POLICY,
  POD_DISRUPTION_BUDGET,
  SECRET,
  SERVICE,
} from '../../core/kube/resource-types.ts'

/** Every type that a site controller makes objects of, or writes statuses to. */
const TYPES: readonly ResourceType[] = [
  ...Object.values(MODEL_TYPES).filter((type) => type !== SECRET),
  ...[SERVICE, ENDPOINT_SLICE, DEPLOYMENT, CONFIG_MAP, SECRET, POD_DISRUPTION_BUDGET, NETWORK_POLICY, INGRESS],
]
const SLICE_CONTROLLER = 'endpointslice-controller.k8s.io'
/** Other in each namespace, and at each writing. */
const PASSING: readonly string[] = [
  ...['uid', 'resourceVersion', 'generation', 'observedGeneration', 'creationTimestamp', 'managedFields'],
  ...['lastTransitionTime', 'internal.skupper.io/desired', 'internal.skupper.io/boot'],
  // What Kubernetes chooses or counts itself.
  ...['clusterIP', 'clusterIPs', 'nodePort', 'deployment.kubernetes.io/revision'],
]
/** Of certificates, which are each site's own. */
const HASH = /[0-9a-f]{64}/g

/** Everything of a site's namespace that is not Kubernetes' own, by `Kind name`. */
export async function siteObjects(client: KubeClient): Promise<ReadonlyMap<string, KubeObject>> {
  const listed = await Promise.all(TYPES.map((type) => client.list(type)))
  const objects = listed.flat().filter(({ kind, metadata }) => {
    const isKubernetes = metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === SLICE_CONTROLLER
    return !isKubernetes && !(kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt')
  })
  return new Map(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]))
}

/**
 * The objects in a form in which those of two namespaces with the same wishes are the same: without times, versions,
 * names of the namespace and of the Site, and with secrets as the names of what is in them.
 */
export function comparable(objects: ReadonlyMap<string, KubeObject>): Record<string, unknown> {
  const site = [...objects.values()].find(({ kind }) => kind === 'Site')
  const { uid = '-', namespace = '-' } = site?.metadata ?? {}
  const neutral = (text: string): string => {
    return text.replaceAll(uid, 'SITE').replaceAll(namespace, 'NAMESPACE').replaceAll(HASH, 'HASH')
  }
  const entries = [...objects].map(([key, object]) => {
    return [key, plain(contentOf(object), neutral)] as const
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Secrets are random; how a Deployment fares is Kubernetes' own business. */
function contentOf(object: KubeObject): object {
  if (object.kind === 'Secret') return { ...object, data: Object.keys(object['data'] ?? {}).sort() }
  return object.kind === 'Deployment' ? { ...object, status: undefined } : object
}

function plain(value: unknown, neutral: (text: string) => string): unknown {
  if (typeof value === 'string') return neutral(value)
  if (Array.isArray(value)) return value.map((each) => plain(each, neutral))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => !PASSING.includes(key))
  return Object.fromEntries(kept.map(([key, each]: [string, unknown]) => [key, plain(each, neutral)]))
}
