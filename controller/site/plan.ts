import { isDeepStrictEqual } from 'node:util'
import type { Kind, Resource } from '../../core/model/resource.ts'
import type { EntityPlan } from '../../router/config/entity-diff.ts'

/** How what is stored gets to what should be. */
export interface ResourcePlan {
  readonly write: readonly Resource[]
  readonly remove: readonly { readonly kind: Kind; readonly name: string }[]
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
export function describeEntityPlan(plan: EntityPlan): string[] {
  return [
    ...plan.delete.map(({ type, name }) => `delete ${type} ${name}`),
    ...plan.update.map(({ type, name, attributes }) => `update ${type} ${name}: ${keysOf(attributes)}`),
    ...plan.create.map(({ type, name }) => `create ${type} ${name}`),
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
