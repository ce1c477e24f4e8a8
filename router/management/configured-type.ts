import { SkupperError } from '../../core/model/error.ts'
import { attributeNames, managementType, parseAttributes } from '../config/entities.ts'
import type { AttributesOf, EntityType as AnyType } from '../config/entities.ts'
import type { Attributes, Entity, EntityType } from './entity-type.ts'
import { refusal } from './status.ts'

/** The types whose entities come and go while the router runs. */
export type ConfigType = Exclude<AnyType, 'router' | 'site' | 'log'>

/** What works in the router because of one entity of the configuration. */
export interface Running<T extends ConfigType> {
  /** Attributes that only the router sets, as they are now. */
  readonly status?: () => Attributes
  /** Takes over changed attributes, or throws and changes nothing. */
  readonly update?: (attributes: AttributesOf<T>) => Promise<void>
  /** Ends it. Throws where something still needs it. */
  readonly close: () => void | Promise<void>
}

/** How entities of a configurable type come to life. */
export interface ConfiguredType<T extends ConfigType> {
  readonly type: T
  /** Names of the attributes that only the router sets. */
  readonly statusAttributes?: readonly string[]
  /** Attributes that UPDATE may change; without any there is no UPDATE. */
  readonly updatable?: readonly string[]
  /** Attributes that no answer ever shows. */
  readonly secrets?: readonly string[]
  readonly start: (attributes: AttributesOf<T>) => Running<T> | Promise<Running<T>>
}

interface Configured<T extends ConfigType> {
  readonly name: string
  readonly identity: string
  attributes: AttributesOf<T>
  readonly running: Running<T>
}

/**
 * The entity type for a part of the configuration: the boot file and management's CREATE bring its entities to life the
 * same way, by `start`.
 */
export function configuredType<T extends ConfigType>(kind: ConfiguredType<T>): EntityType {
  const configured = new ConfiguredEntities(kind)
  const { type, updatable = [], statusAttributes = [] } = kind
  const own = attributeNames(type).filter((name) => name !== 'name')
  return {
    type: managementType(type),
    attributes: [...own, ...statusAttributes],
    list: () => configured.list(),
    named: (name) => configured.named(name),
    create: (name, attributes) => configured.create(name, attributes),
    ...(updatable.length === 0 ? {} : { update: (entity, attributes) => configured.update(entity, attributes) }),
    delete: (entity) => configured.delete(entity),
  }
}

class ConfiguredEntities<T extends ConfigType> {
  readonly #kind: ConfiguredType<T>
  readonly #entities = new Map<string, Configured<T>>()

  constructor(kind: ConfiguredType<T>) {
    this.#kind = kind
  }

  list(): Entity[] {
    return [...this.#entities.values()].map((each) => this.#shown(each))
  }

  named(name: string): Entity | undefined {
    const entity = this.#entities.get(name)
    return entity && this.#shown(entity)
  }

  async create(given: string | undefined, asked: Attributes): Promise<Entity> {
    const { type, start } = this.#kind
    const attributes = parseAttributes(type, withName(given, asked), `new ${type}`)
    const { name, identity } = keyOf(type, attributes)
    if (this.#entities.has(name)) {
      throw new SkupperError('config/duplicate-name', `there is already a ${type} named "${name}"`, { given: name })
    }
    const entity = { name, identity, attributes, running: await start(attributes) }
    this.#entities.set(name, entity)
    return this.#shown(entity)
  }

  async update({ name }: Entity, asked: Attributes): Promise<Entity> {
    const { type } = this.#kind
    const entity = this.#theEntity(name)
    const before: Attributes = { ...entity.attributes }
    const attributes = parseAttributes(type, { ...before, ...plain(asked) }, `${type} ${name}`)
    this.#refuseFixed(before, { ...attributes })
    await entity.running.update?.(attributes)
    entity.attributes = attributes
    return this.#shown(entity)
  }

  async delete({ name }: Entity): Promise<void> {
    await this.#theEntity(name).running.close()
    this.#entities.delete(name)
  }

  #theEntity(name: string): Configured<T> {
    const entity = this.#entities.get(name)
    if (entity === undefined) throw refusal('management/not-found', `no ${this.#kind.type} name=${name}`)
    return entity
  }

  #refuseFixed(before: Attributes, after: Attributes): void {
    const { type, updatable = [] } = this.#kind
    const changed = Object.keys(after).find((name) => after[name] !== before[name] && !updatable.includes(name))
    if (changed === undefined) return
    throw refusal('management/bad-request', `${changed} of a ${type} cannot be changed by UPDATE`, after[changed])
  }

  #shown({ name, identity, attributes, running }: Configured<T>): Entity {
    const hidden = Object.fromEntries((this.#kind.secrets ?? []).map((secret) => [secret, undefined]))
    return { ...attributes, ...running.status?.(), ...hidden, name, identity }
  }
}

/** Clients also put type and identity into the attributes; neither configures anything. */
function plain(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'type' && name !== 'identity'))
}

function withName(name: string | undefined, asked: Attributes): Attributes {
  const attributes = plain(asked)
  const inner = attributes['name'] ?? undefined
  if (name === undefined) return attributes
  if (inner === undefined || inner === name) return { ...attributes, name }
  throw refusal('management/bad-request', `the request names the entity "${name}" and its attributes something else`)
}

interface KeyParts {
  readonly name?: string | undefined
  readonly host?: string
  readonly port?: string
  readonly prefix?: string | undefined
  readonly pattern?: string | undefined
}

/** Identities as skupper-router forms them: `TYPE/HOST:PORT:NAME`, `TYPE/NAME`. Without a name the identity is one. */
function keyOf(type: ConfigType, { name, host, port, prefix, pattern }: KeyParts): { name: string; identity: string } {
  const place = port === undefined ? [] : [host ?? '', port]
  const label = name ?? prefix ?? pattern
  const identity = `${type}/${[...place, ...(label === undefined ? [] : [label])].join(':')}`
  return { name: name ?? identity, identity }
}
