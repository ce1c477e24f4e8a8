import { isDeepStrictEqual } from 'node:util'
import type { Resource } from '../model/resource.ts'
import { markedCopy, withoutStatus } from './merge.ts'

/** What fills in an object at its first write. */
export interface Birth {
  readonly uid: string
  /** RFC 3339. */
  readonly creationTimestamp: string
}

/**
 * What is written for a user's wish: it keeps the uid and the creation time it has had, and its generation grows with
 * each change of the spec.
 */
export function inputVersion(wish: Resource, before: Resource | undefined, birth: Birth): Resource {
  const named = withBirth(withoutStatus(wish), [before], birth)
  return 'spec' in named ? withGeneration(named, before) : named
}

/** What is written for a controller's view; `input` is what the user wrote of it, if anything. */
export function runtimeVersion(
  view: Resource,
  { input, before }: { input: Resource | undefined; before: Resource | undefined },
  birth: Birth,
): Resource {
  return markedCopy(withBirth(view, [input, before], birth), input !== undefined)
}

/** Whether two versions say the same; members that are undefined count as absent. */
export function isSame(one: Resource | undefined, other: Resource): boolean {
  return one !== undefined && isDeepStrictEqual(plain(one), plain(other))
}

function withBirth<R extends Resource>(resource: R, ancestors: readonly (Resource | undefined)[], birth: Birth): R {
  const known = [resource, ...ancestors].map((candidate) => candidate?.metadata)
  const uid = known.find((metadata) => metadata?.uid !== undefined)?.uid ?? birth.uid
  const creationTimestamp =
    known.find((metadata) => metadata?.creationTimestamp !== undefined)?.creationTimestamp ?? birth.creationTimestamp
  return { ...resource, metadata: { ...resource.metadata, uid, creationTimestamp } }
}

function withGeneration<R extends Resource & { spec: unknown }>(next: R, before: Resource | undefined): R {
  const last = before?.metadata.generation ?? 0
  const isChanged =
    before === undefined || !('spec' in before) || !isDeepStrictEqual(plain(before.spec), plain(next.spec))
  return { ...next, metadata: { ...next.metadata, generation: isChanged ? last + 1 : Math.max(last, 1) } }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
