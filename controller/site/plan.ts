import { isDeepStrictEqual } from 'node:util'
import type { Kind, Resource } from '../../core/model/resource.ts'
import { formatBootFile } from '../../router/config/boot-file.ts'
import { diffEntities, type CurrentEntity, type EntityPlan } from '../../router/config/entity-diff.ts'
import type { EntityConfig } from '../../router/config/entities.ts'

/** How the router gets from what it has to what it should have. */
export interface ConfigPlan {
  /** The new text of the boot file; undefined if it is up to date. */
  readonly bootFile: string | undefined
  /** Changes to the running router; undefined while none answers. */
  readonly live: EntityPlan | undefined
}

/** How what is stored gets to what should be. */
export interface ResourcePlan {
  readonly write: readonly Resource[]
  readonly remove: readonly { readonly kind: Kind; readonly name: string }[]
}

/** The router as it is: its boot file's text, and its entities if it answers. */
export interface CurrentConfig {
  readonly bootFile: string
  readonly entities: readonly CurrentEntity[] | undefined
}

export function planConfig({ bootFile, entities }: CurrentConfig, desired: readonly EntityConfig[]): ConfigPlan {
  const text = formatBootFile(desired)
  return {
    bootFile: text === bootFile ? undefined : text,
    live: entities === undefined ? undefined : diffEntities(entities, desired),
  }
}

/**
 * What to write and what to remove so that the runtime resources become `desired`. Only resources that `isOurs` says
 * the controller made are removed.
 */
export function planResources(
  current: readonly Resource[],
  desired: readonly Resource[],
  isOurs: (resource: Resource) => boolean,
): ResourcePlan {
  const before = new Map(current.map((resource) => [keyOf(resource), resource]))
  const wanted = new Set(desired.map(keyOf))
  return {
    write: desired.filter((resource) => !isDeepStrictEqual(before.get(keyOf(resource)), resource)),
    remove: current
      .filter((resource) => isOurs(resource) && !wanted.has(keyOf(resource)))
      .map(({ kind, metadata }) => ({ kind, name: metadata.name })),
  }
}

/** A plan in lines for people; none if there is nothing to do. */
export function describeConfigPlan({ bootFile, live }: ConfigPlan): string[] {
  return [
    ...(bootFile === undefined ? [] : ['write the boot file']),
    ...(live?.delete ?? []).map(({ type, name }) => `delete ${type} ${name}`),
    ...(live?.update ?? []).map(({ type, name, attributes }) => `update ${type} ${name}: ${keysOf(attributes)}`),
    ...(live?.create ?? []).map(({ type, name }) => `create ${type} ${name}`),
  ]
}

export function describeResourcePlan({ write, remove }: ResourcePlan): string[] {
  return [
    ...write.map((resource) => `write ${keyOf(resource)}`),
    ...remove.map(({ kind, name }) => `remove ${kind} ${name}`),
  ]
}

function keyOf({ kind, metadata }: Resource): string {
  return `${kind} ${metadata.name}`
}

function keysOf(attributes: object): string {
  return Object.keys(attributes).join(', ')
}
