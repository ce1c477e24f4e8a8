/** Anything that an API server keeps, as its JSON has it. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: KubeMetadata
  [field: string]: unknown
}

/** What an API server keeps about every object. Times are RFC 3339. */
export interface KubeMetadata {
  name: string
  namespace?: string | undefined
  uid?: string | undefined
  /** Changes with every write. Given to a write, it is a condition: another version makes a `kube/conflict`. */
  resourceVersion?: string | undefined
  /** Counts changes of the spec. */
  generation?: number | undefined
  labels?: Record<string, string> | undefined
  annotations?: Record<string, string> | undefined
  ownerReferences?: OwnerReference[] | undefined
  finalizers?: string[] | undefined
  creationTimestamp?: string | undefined
  /** There while the object waits for its finalizers. */
  deletionTimestamp?: string | undefined
  managedFields?: unknown[] | undefined
}

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean | undefined
  blockOwnerDeletion?: boolean | undefined
}

/** How objects of a kind are addressed. `T` is what they are read as; nothing checks it. */
export interface ResourceType<T extends KubeObject = KubeObject> {
  readonly apiVersion: string
  readonly kind: string
  /** The kind as paths and roles name it. */
  readonly plural: string
  readonly namespaced: boolean
  /** Never there: it only lets the compiler know `T`. */
  readonly object?: T
}

/** The API group of a type; empty for the core group. */
export function groupOf({ apiVersion }: { readonly apiVersion: string }): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/** `listeners.skupper.io`, as kubectl names a type. */
export function qualifiedName(type: ResourceType): string {
  const group = groupOf(type)
  return group === '' ? type.plural : `${type.plural}.${group}`
}

export function isKubeObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null) return false
  const { apiVersion, kind, metadata } = value as Partial<Record<string, unknown>>
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata && typeof metadata.name === 'string'
}
