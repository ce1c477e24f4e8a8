import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { HASH_ANNOTATION, SITE_LABEL } from './site-labels.ts'

/** How the objects of a namespace get to what they should be. */
export interface ObjectPlan {
  readonly apply: readonly KubeObject[]
  readonly remove: readonly KubeObject[]
  /** What somebody else has under the name that we want. */
  readonly conflicts: readonly KubeObject[]
}

/** Maps in which one key more changes everything. */
const EXACT: readonly string[] = ['matchLabels']

/**
 * Compares what there is with what should be. Only what carries our label is ours: anything else of a wanted name is a
 * conflict and stays as it is. What a server or somebody else adds to an object of ours does not count as a difference.
 */
export function planObjects(current: readonly KubeObject[], desired: readonly KubeObject[]): ObjectPlan {
  const before = new Map(current.map((object) => [keyOf(object), object]))
  const wanted = new Set(desired.map(keyOf))
  const apply: KubeObject[] = []
  const conflicts: KubeObject[] = []
  for (const object of desired) {
    const found = before.get(keyOf(object))
    if (found !== undefined && !isOurs(found)) conflicts.push(object)
    else if (found === undefined || !covers(found, object)) apply.push(object)
  }
  const remove = current.filter((object) => isOurs(object) && !wanted.has(keyOf(object)) && !isGoing(object))
  return { apply, remove, conflicts }
}

/** `Kind name`, which no two objects of a namespace share. */
export function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`
}

/** The label alone does not say so: Kubernetes copies those of a Service to its own EndpointSlices. */
export function isOurs({ metadata }: KubeObject): boolean {
  return metadata.labels?.[SITE_LABEL] !== undefined && metadata.annotations?.[HASH_ANNOTATION] !== undefined
}

/** Whether `actual` has everything that `wanted` says, however deep. */
export function covers(actual: unknown, wanted: unknown, key = ''): boolean {
  if (wanted === undefined) return true
  if (EXACT.includes(key) || isServiceSelector(key, wanted)) return isDeepStrictEqual(actual, wanted)
  if (Array.isArray(wanted)) return coversList(actual, wanted)
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted
  if (typeof actual !== 'object' || actual === null) return Object.keys(wanted).length === 0
  return Object.entries(wanted).every(([name, value]: [string, unknown]) => {
    return covers(Object.hasOwn(actual, name) ? Reflect.get(actual, name) : undefined, value, name)
  })
}

/** A Deployment's selector is an object of its own; a Service's is a map of labels. */
function isServiceSelector(key: string, wanted: unknown): boolean {
  return key === 'selector' && Object.values(wanted ?? {}).every((value) => typeof value === 'string')
}

function coversList(actual: unknown, wanted: readonly unknown[]): boolean {
  if (!Array.isArray(actual) || actual.length !== wanted.length) return false
  return wanted.every((item, index) => covers(actual[index], item))
}

/** A plan in lines for people. */
export function describeObjectPlan({ apply, remove, conflicts }: ObjectPlan): string[] {
  return [
    ...apply.map((object) => `apply ${keyOf(object)}`),
    ...remove.map((object) => `remove ${keyOf(object)}`),
    ...conflicts.map((object) => `leave ${keyOf(object)}: somebody else's`),
  ]
}

function isGoing({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined
}
