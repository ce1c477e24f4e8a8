import { attributeNamesOf } from './entity-type.ts'
import type { Entity, EntityType } from './entity-type.ts'
import type { ManagementRequest } from './request.ts'
import { refusal } from './status.ts'

/** The answer to QUERY: a row of values for each entity, in the order of the names. Null stands for "not set". */
export interface QueryResult {
  readonly attributeNames: readonly string[]
  readonly results: readonly (readonly unknown[])[]
}

/** Answers a QUERY about all entities of `types`. */
export function query(types: readonly EntityType[], request: ManagementRequest): QueryResult {
  const known = new Set(types.flatMap(attributeNamesOf))
  const attributeNames = askedNames(request.attributes['attributeNames'], known)
  const { count, offset } = request
  const results = types
    .flatMap((type) => type.list().map((entity) => row(type, entity, attributeNames)))
    .slice(offset, count === undefined ? undefined : offset + count)
  return { attributeNames, results }
}

function askedNames(asked: unknown, known: ReadonlySet<string>): string[] {
  if (asked === undefined || asked === null) return [...known]
  if (!Array.isArray(asked)) throw refusal('management/bad-request', '"attributeNames" has to be a list', asked)
  if (asked.length === 0) return [...known]
  return asked.map((name: unknown) => {
    if (typeof name === 'string' && known.has(name)) return name
    throw refusal('management/bad-request', `unknown attribute "${String(name)}"`, name)
  })
}

function row({ type }: EntityType, entity: Entity, names: readonly string[]): unknown[] {
  return names.map((name) => (name === 'type' ? type : (entity[name] ?? null)))
}
