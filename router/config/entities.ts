import type { z } from 'zod'
import { SkupperError } from '../../core/model/error.ts'
import { explain, quoted, type Explanation } from '../../core/model/schema-issue.ts'
import { ENTITY_SCHEMAS } from './entity-schemas.ts'

export type EntityType = keyof typeof ENTITY_SCHEMAS

/** What an attribute can be in a file or on the wire. */
export type AttributeValue = string | number | boolean

/** The attributes of a type with every default filled in; ports are text, numbers and flags are themselves. */
export type AttributesOf<T extends EntityType> = z.output<(typeof ENTITY_SCHEMAS)[T]>

/** An entity as a router works with it. */
export type Entity = { [T in EntityType]: { readonly type: T; readonly attributes: AttributesOf<T> } }[EntityType]

/** An entity as it is written down: only what is not default needs to be there. */
export type EntityConfig = {
  [T in EntityType]: readonly [type: T, attributes: Readonly<z.input<(typeof ENTITY_SCHEMAS)[T]>>]
}[EntityType]

/** Attributes of an sslProfile that hold PEM texts in place of files. Only our own router has them. */
export const INLINE_TLS = ['caCert', 'cert', 'privateKey'] as const

const MANAGEMENT_PREFIX = 'io.skupper.router.'

/** The full name of a type in management: `io.skupper.router.tcpListener`. */
export function managementType(type: EntityType): string {
  return MANAGEMENT_PREFIX + (type === 'address' ? 'router.config.address' : type)
}

/** The type of that name, short as in config files or full as in management; undefined for any other. */
export function entityTypeOf(name: string): EntityType | undefined {
  return ENTITY_TYPES.find((type) => type === name || managementType(type) === name)
}

export const ENTITY_TYPES: readonly EntityType[] = [
  'router',
  'site',
  'log',
  'address',
  'sslProfile',
  'listener',
  'connector',
  'tcpListener',
  'listenerAddress',
  'tcpConnector',
  'httpListener',
  'httpConnector',
]

/** The names of the attributes that a type may be configured with. */
export function attributeNames(type: EntityType): string[] {
  return Object.keys(ENTITY_SCHEMAS[type].shape)
}

/**
 * The attributes of an entity, checked, with defaults. `where` begins the message of the error, which then names type
 * and attribute. Throws `config/invalid-attribute`.
 */
export function parseAttributes<T extends EntityType>(type: T, given: unknown, where = 'entity'): AttributesOf<T> {
  const plain = withoutAbsent(given)
  const result = ENTITY_SCHEMAS[type].safeParse(plain)
  if (result.success) return result.data as AttributesOf<T>
  throw attributeError(`${where} (${type})`, explain(result.error, plain))
}

/** The entity of a type name and attributes. Throws `config/unknown-type` and `config/invalid-attribute`. */
export function parseEntity(typeName: unknown, attributes: unknown, where = 'entity'): Entity {
  const type = typeof typeName === 'string' ? entityTypeOf(typeName) : undefined
  if (type === undefined) {
    const wanted = `one of ${ENTITY_TYPES.join(', ')}`
    const message = `${where}: type is ${quoted(typeName)}; wanted ${wanted}`
    throw new SkupperError('config/unknown-type', message, { given: typeName, wanted })
  }
  return { type, attributes: parseAttributes(type, attributes, where) } as Entity
}

/** Whether an entity, or what is to become one, has this type. */
export function isEntity<T extends EntityType>(entity: Entity, type: T): entity is Extract<Entity, { type: T }> {
  return entity.type === type
}

function attributeError(where: string, { path, fault, given, wanted }: Explanation): SkupperError {
  const message = `${where}: ${path.join('.') || 'the attributes'} ${fault}; wanted ${wanted}`
  return new SkupperError('config/invalid-attribute', message, { given, wanted })
}

/** Management answers null, and the router in C empty text, for what is not set. */
function withoutAbsent(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== ''))
}
