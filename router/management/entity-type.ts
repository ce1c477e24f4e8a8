/** Attributes by their name on the wire. An absent one is undefined or not there at all. */
export type Attributes = Readonly<Record<string, unknown>>

/** One manageable thing. `identity` is unique for its type; `name` may be chosen by whoever made it. */
export interface Entity extends Attributes {
  readonly name: string
  readonly identity: string
}

/** What of a request says which entity is meant. At least one of the two is there. */
export interface EntityKey {
  readonly name?: string | undefined
  readonly identity?: string | undefined
}

/**
 * A kind of entity and what may be done with it. An operation that is absent is not implemented. Operations throw a
 * refusal (`status.ts`) or any error with a code `config/…`, which counts as a bad request.
 */
export interface EntityType {
  /** Full name, such as `io.skupper.router.tcpListener`. */
  readonly type: string
  /** Every attribute an entity may have, in the order of a query's answer, without name, identity and type. */
  readonly attributes: readonly string[]
  readonly list: () => readonly Entity[]
  /** The entity of that name, for types that can find one faster than by listing all. */
  readonly named?: (name: string) => Entity | undefined
  readonly create?: (name: string | undefined, attributes: Attributes) => Promise<Entity>
  readonly update?: (entity: Entity, attributes: Attributes) => Promise<Entity>
  readonly delete?: (entity: Entity) => Promise<void>
}

const PREFIX = 'io.skupper.router.'

/** The full name of an entity type: `tcpListener` and `io.skupper.router.tcpListener` mean the same. */
export function fullTypeName(type: string): string {
  return type.startsWith(PREFIX) ? type : PREFIX + type
}

/** The type's name without its prefix, as identities and config files use it. */
export function shortTypeName(type: string): string {
  return type.startsWith(PREFIX) ? type.slice(PREFIX.length) : type
}

/** All attribute names of an entity of `type`, the common ones last. */
export function attributeNamesOf({ attributes }: EntityType): string[] {
  return [...attributes, 'name', 'identity', 'type']
}

/** Whether `key` means `entity`: what it does not give does not matter. */
export function isMeant(entity: Entity, { name, identity }: EntityKey): boolean {
  return (name === undefined || entity.name === name) && (identity === undefined || entity.identity === identity)
}
