import { SkupperError } from '../../core/model/error.ts'
import { AmqpClient } from '../amqp/client.ts'
import type { ClientOptions } from '../amqp/client.ts'
import type { DecodedMessage, Message } from '../amqp/message.ts'
import { int } from '../amqp/value.ts'
import { fullTypeName } from './entity-type.ts'
import type { Attributes, Entity, EntityKey } from './entity-type.ts'
import { errorOf } from './status.ts'

/** The local agent: that of the router the client is connected to. */
const LOCAL_AGENT = '$management'
/** Entities asked for in one query where routers answer in pages. */
const PAGE = 500
/** No router of a network has nearly as many; a peer that pages without end is refused. */
const MAX_ENTITIES = 1_000_000
/** Types that skupper-router answers in pages; with others it ignores `count` and always answers in full. */
const PAGED = new Set(['router.address', 'router.link', 'router.config.address', 'connection'].map(fullTypeName))

/** What the client needs of an AMQP connection. `AmqpClient` has it. */
export interface Requester {
  request(address: string, message: Message, options?: { deadlineMs?: number }): Promise<DecodedMessage>
  close(): Promise<void>
}

/** Which agent is asked and how long each answer may take. */
export interface ManagementOptions {
  /** Another router of the network than the one connected to. */
  readonly routerId?: string | undefined
  readonly deadlineMs?: number | undefined
}

/** What to ask for. Without names the router answers with all it knows. */
export interface QueryOptions {
  readonly attributeNames?: readonly string[]
}

/**
 * Management over AMQP (protocol sheet, section 7), for our router and skupper-router alike. Types are given with or
 * without the prefix `io.skupper.router.`. All calls throw SkupperError: `management/bad-request`, `…/forbidden`,
 * `…/not-found`, `…/not-implemented`, `…/failed` as the router answers, `management/malformed-answer`, and those of
 * the connection (`amqp/timeout`, `amqp/closed`).
 */
export class ManagementClient {
  readonly #requester: Requester
  readonly #address: string
  readonly #deadline: { deadlineMs?: number }

  constructor(requester: Requester, { routerId, deadlineMs }: ManagementOptions = {}) {
    this.#requester = requester
    this.#address = routerId === undefined ? LOCAL_AGENT : `amqp:/_topo/0/${routerId}/${LOCAL_AGENT}`
    this.#deadline = deadlineMs === undefined ? {} : { deadlineMs }
  }

  /** Connects to a router and asks its own agent. */
  static async connect(options: ClientOptions): Promise<ManagementClient> {
    return new ManagementClient(await AmqpClient.connect(options), { deadlineMs: options.deadlineMs })
  }

  /** The agent of another router of the network, over the same connection. */
  at(routerId: string): ManagementClient {
    return new ManagementClient(this.#requester, { routerId, ...this.#deadline })
  }

  /** All entities of a type. Attributes that are not set are left out. */
  async query(type: string, { attributeNames = [] }: QueryOptions = {}): Promise<Attributes[]> {
    const entityType = fullTypeName(type)
    if (!PAGED.has(entityType)) return this.#page(entityType, attributeNames, {})
    const entities: Attributes[] = []
    for (;;) {
      const page = await this.#page(entityType, attributeNames, { count: int(PAGE), offset: int(entities.length) })
      entities.push(...page)
      if (page.length < PAGE) return entities
      if (entities.length >= MAX_ENTITIES) throw malformed(`more than ${String(MAX_ENTITIES)} entities of ${type}`)
    }
  }

  /** Makes an entity and gives it as the router has it then. */
  async create(type: string, name: string, attributes: Attributes): Promise<Entity> {
    return entityOf(await this.#ask({ operation: 'CREATE', type: fullTypeName(type), name }, onTheWire(attributes)))
  }

  async read(type: string, key: EntityKey): Promise<Entity> {
    return entityOf(await this.#ask({ operation: 'READ', type: fullTypeName(type), ...given(key) }, {}))
  }

  async update(type: string, key: EntityKey, attributes: Attributes): Promise<Entity> {
    const properties = { operation: 'UPDATE', type: fullTypeName(type), ...given(key) }
    return entityOf(await this.#ask(properties, onTheWire(attributes)))
  }

  async delete(type: string, key: EntityKey): Promise<void> {
    await this.#ask({ operation: 'DELETE', type: fullTypeName(type), ...given(key) }, {})
  }

  /** The ids of all routers of the network that can be reached. */
  async routerIds(): Promise<string[]> {
    const body = await this.#ask({ operation: 'GET-MGMT-NODES', type: 'org.amqp.management', name: 'self' }, {})
    if (!Array.isArray(body)) throw malformed('the list of routers is none', body)
    return body.map((address) => {
      const id = /_topo\/[^/]+\/([^/]+)\/\$management$/.exec(String(address))?.[1]
      if (id === undefined) throw malformed('an agent has an unexpected address', address)
      return id
    })
  }

  /** Closes the connection, for all clients made of this one. */
  close(): Promise<void> {
    return this.#requester.close()
  }

  async #page(entityType: string, attributeNames: readonly string[], page: Attributes): Promise<Attributes[]> {
    const body = await this.#ask({ operation: 'QUERY', entityType, ...page }, { attributeNames })
    const { names, rows } = tableIn(body)
    return rows.map((row) => rowToEntity(names, row))
  }

  async #ask(applicationProperties: Attributes, body: unknown): Promise<unknown> {
    const request = { applicationProperties, body }
    const answer = await this.#requester.request(this.#address, request, this.#deadline)
    const status = answer.applicationProperties.get('statusCode')
    const description = answer.applicationProperties.get('statusDescription')
    if (typeof status !== 'number') throw malformed('it has no status code', status)
    if (status >= 200 && status < 300) return answer.body
    throw errorOf(status, typeof description === 'string' ? description : `status ${String(status)}`)
  }
}

function given({ name, identity }: EntityKey): Attributes {
  return { ...(name === undefined ? {} : { name }), ...(identity === undefined ? {} : { identity }) }
}

/** Ports travel as strings, whatever they are here; what is not set does not travel. */
function onTheWire(attributes: Attributes): Attributes {
  const set = Object.entries(attributes).filter(([, value]) => value !== undefined)
  return Object.fromEntries(set.map(([name, value]) => [name, name === 'port' ? String(value) : value]))
}

function entityOf(body: unknown): Entity {
  const attributes = body instanceof Map ? (Object.fromEntries(body) as Attributes) : {}
  const { name, identity } = attributes
  if (typeof name === 'string' && typeof identity === 'string') return { ...attributes, name, identity }
  throw malformed('it is no entity', body)
}

interface Table {
  readonly names: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

function tableIn(body: unknown): Table {
  const map: ReadonlyMap<unknown, unknown> = body instanceof Map ? body : new Map()
  const names: unknown = map.get('attributeNames')
  const rows: unknown = map.get('results')
  if (!isListOf(names, isText) || !isListOf(rows, Array.isArray)) throw malformed('it is no table', body)
  return { names, rows }
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function rowToEntity(names: readonly string[], row: readonly unknown[]): Attributes {
  const cells = names.map((name, at) => [name, row[at] ?? undefined] as const)
  return Object.fromEntries(cells.filter(([, value]) => value !== undefined))
}

function malformed(what: string, given?: unknown): SkupperError {
  return new SkupperError('management/malformed-answer', `management answer refused: ${what}`, { given })
}
