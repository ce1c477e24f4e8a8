import { isDeepStrictEqual } from 'node:util'
import { EXPOSES_ANNOTATION, SYNCED_LABEL, TARGET_ANNOTATION } from '../../core/model/annotation-names.ts'
import type { Connector } from '../../core/model/connector.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { Labels } from '../../core/model/labels.ts'
import type { ExposedResources } from './exposed-resources.ts'

/** Keys by which a place says what it keeps, such as whose an object is. */
const PLACE_KEY = /^(app\.kubernetes\.io|internal\.skupper\.io)\//

type Made = Listener | Connector

/** How the resources of a namespace get to what its exposed objects ask for. */
export interface ExposurePlan {
  readonly write: readonly Made[]
  readonly remove: readonly Made[]
}

/** What a namespace has now. */
export interface CurrentResources {
  readonly listeners: readonly Listener[]
  readonly connectors: readonly Connector[]
}

/**
 * What to write and what to remove. Only what was made for an exposed object is removed or changed; where somebody wrote
 * a Listener for the same address, theirs counts and none is made. Pure.
 */
export function planExposure(current: CurrentResources, desired: ExposedResources): ExposurePlan {
  const theirs = current.listeners.filter((listener) => !isExposed(listener) && !isSynced(listener))
  const takenKeys = new Set(theirs.map(({ spec }) => spec.routingKey))
  const takenNames = new Set([...theirs, ...current.connectors.filter((each) => !isExposed(each))].map(keyOf))
  const wanted: Made[] = [
    ...desired.listeners.filter(({ spec }) => !takenKeys.has(spec.routingKey)),
    ...desired.connectors,
  ].filter((resource) => !takenNames.has(keyOf(resource)))
  const all: Made[] = [...current.listeners, ...current.connectors]
  const before = new Map(all.map((resource) => [keyOf(resource), resource]))
  const kept = new Set(wanted.map(keyOf))
  return {
    write: wanted.filter((resource) => !saysTheSame(before.get(keyOf(resource)), resource)),
    remove: all.filter((resource) => isExposed(resource) && !kept.has(keyOf(resource))),
  }
}

/** Whether it was made for an exposed object. */
export function isExposed({ metadata }: Made): boolean {
  return metadata.annotations?.[EXPOSES_ANNOTATION] !== undefined
}

function isSynced({ metadata }: Listener): boolean {
  return metadata.labels?.[SYNCED_LABEL] === 'true'
}

/** Whether what is there says what is wanted. Keys that the place adds by itself do not count. */
function saysTheSame(before: Made | undefined, wanted: Made): boolean {
  if (before === undefined || !isExposed(before)) return false
  return (
    isDeepStrictEqual(before.spec, wanted.spec) &&
    isDeepStrictEqual(ownKeys(before.metadata.labels), ownKeys(wanted.metadata.labels)) &&
    isDeepStrictEqual(ownKeys(before.metadata.annotations), ownKeys(wanted.metadata.annotations))
  )
}

function ownKeys(keys: Labels = {}): [string, string][] {
  const added = ([key]: [string, string]) =>
    PLACE_KEY.test(key) && key !== EXPOSES_ANNOTATION && key !== TARGET_ANNOTATION
  return Object.entries(keys)
    .filter((entry) => !added(entry))
    .sort()
}

function keyOf({ kind, metadata }: Made): string {
  return `${kind} ${metadata.name}`
}
