import { FROM_INPUT_ANNOTATION } from '../model/annotation-names.ts'
import type { Kind, Resource, ResourceOf } from '../model/resource.ts'

/**
 * The resources of a kind from what users wrote and what controllers wrote. The user's spec wins; the status is the
 * controller's alone, and so is whatever the user's file does not say of uid and creation. A controller's copy of
 * something the user has removed is left out.
 */
export function merged<K extends Kind>(
  input: readonly ResourceOf<K>[],
  runtime: readonly ResourceOf<K>[],
): ResourceOf<K>[] {
  const copies = new Map(runtime.map((resource) => [resource.metadata.name, resource]))
  const users = input.map((resource) => withRuntime(resource, copies.get(resource.metadata.name)))
  const names = new Set(input.map(({ metadata }) => metadata.name))
  const own = runtime.filter((resource) => !names.has(resource.metadata.name) && !isCopy(resource))
  return [...users, ...own].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
}

/** The resource marked as a copy of what a user wrote, or as the controller's own. */
export function markedCopy<R extends Resource>(resource: R, isCopy: boolean): R {
  const others = Object.entries(resource.metadata.annotations ?? {}).filter(([key]) => key !== FROM_INPUT_ANNOTATION)
  const all: [string, string][] = isCopy ? [...others, [FROM_INPUT_ANNOTATION, 'true']] : others
  const annotations = all.length === 0 ? undefined : Object.fromEntries(all)
  return { ...resource, metadata: { ...resource.metadata, annotations } }
}

/** A resource without its status, which is never the user's to write. */
export function withoutStatus<R extends Resource>(resource: R): R {
  return withStatusOf(resource, undefined)
}

function withRuntime<R extends Resource>(input: R, runtime: R | undefined): R {
  const { uid = runtime?.metadata.uid, creationTimestamp = runtime?.metadata.creationTimestamp } = input.metadata
  return { ...withStatusOf(input, runtime), metadata: { ...input.metadata, uid, creationTimestamp } }
}

function withStatusOf<R extends Resource>(resource: R, other: R | undefined): R {
  const status = other !== undefined && 'status' in other ? other.status : undefined
  return 'status' in resource || status !== undefined ? { ...resource, status } : resource
}

/** Whether a controller's version is there and is not only its copy of what a user wrote. */
export function isOwn(runtime: Resource | undefined): boolean {
  return runtime !== undefined && !isCopy(runtime)
}

function isCopy({ metadata }: Resource): boolean {
  return metadata.annotations?.[FROM_INPUT_ANNOTATION] === 'true'
}
