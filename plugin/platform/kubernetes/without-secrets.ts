import type { KubeObject } from '../../../core/kube/kube-object.ts'

const HIDDEN = '(hidden)'

/** The object without what opens a door, and without Kubernetes' book of who wrote what. */
export function withoutSecrets(object: KubeObject): KubeObject {
  const { annotations, ...metadata } = object.metadata
  const kept = Object.entries(annotations ?? {}).filter(([key]) => key !== LAST_APPLIED)
  const own = { ...metadata, annotations: Object.fromEntries(kept), managedFields: undefined }
  const plain = { ...object, metadata: own }
  if (object.kind === 'Secret') {
    return { ...plain, data: blanked(object['data']), stringData: blanked(object['stringData']) }
  }
  if (object.kind !== 'AccessToken' && object.kind !== 'AccessGrant') return plain
  return { ...plain, spec: withoutCode(object['spec']), status: withoutCode(object['status']) }
}

/** kubectl keeps the whole of what was applied here, codes too. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

function withoutCode(part: unknown): unknown {
  return typeof part === 'object' && part !== null && 'code' in part ? { ...part, code: HIDDEN } : part
}

function blanked(values: unknown): Record<string, string> | undefined {
  if (typeof values !== 'object' || values === null) return undefined
  return Object.fromEntries(Object.keys(values).map((key) => [key, HIDDEN]))
}
