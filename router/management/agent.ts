import { messageOf } from '../../core/model/error.ts'
import type { DecodedMessage } from '../amqp/message.ts'
import { attributeNamesOf, fullTypeName, isMeant } from './entity-type.ts'
import type { Entity, EntityType } from './entity-type.ts'
import { query } from './query.ts'
import { parseRequest } from './request.ts'
import type { ManagementRequest } from './request.ts'
import { refusal, statusOf } from './status.ts'

/** Changes that may wait for the one in progress; more are refused. */
const MAX_WAITING_CHANGES = 1_000

const CREATED = 201
const OK = 200
const NO_CONTENT = 204

/** Who sends a request, as far as it matters here. */
export interface Asker {
  /** True for a client of the local listener with mutual TLS; everybody else may only read. */
  readonly mayChange: boolean
  /** For the log. */
  readonly name: string
}

export interface ManagementAnswer {
  readonly statusCode: number
  readonly statusDescription: string
  readonly body: unknown
}

export interface AgentOptions {
  readonly types: readonly EntityType[]
  /** Ids of all routers of the network that can be reached, this one's first. */
  readonly routerIds: () => readonly string[]
  readonly log: AgentLog
}

interface AgentLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
}

type Operation = (request: ManagementRequest) => ManagementAnswer | Promise<ManagementAnswer>

/** Answers management requests (protocol sheet, section 7) from the entity types it is given. */
export class ManagementAgent {
  readonly #types: ReadonlyMap<string, EntityType>
  readonly #routerIds: AgentOptions['routerIds']
  readonly #log: AgentOptions['log']
  readonly #reads: ReadonlyMap<string, Operation>
  readonly #changes: ReadonlyMap<string, Operation>
  #lastChange: Promise<unknown> = Promise.resolve()
  #waitingChanges = 0

  constructor({ types, routerIds, log }: AgentOptions) {
    this.#types = new Map(types.map((type) => [type.type, type]))
    this.#routerIds = routerIds
    this.#log = log
    this.#reads = new Map<string, Operation>([
      ['QUERY', (request) => ok(query(this.#asked(request), request))],
      ['READ', (request) => ok(answerOf(...this.#find(request)))],
      ['GET-MGMT-NODES', () => ok(this.#routerIds().map((id) => `amqp:/_topo/0/${id}/$management`))],
      ['GET-TYPES', (request) => ok(this.#describe(request, () => []))],
      ['GET-OPERATIONS', (request) => ok(this.#describe(request, operationsOf))],
      ['GET-ATTRIBUTES', (request) => ok(this.#describe(request, attributeNamesOf))],
    ])
    this.#changes = new Map<string, Operation>([
      ['CREATE', (request) => this.#create(request)],
      ['UPDATE', (request) => this.#update(request)],
      ['DELETE', (request) => this.#delete(request)],
    ])
  }

  /** Answers a request. Whatever goes wrong becomes a status code and a description. */
  async handle(message: DecodedMessage, asker: Asker): Promise<ManagementAnswer> {
    try {
      return await this.#perform(parseRequest(message), asker)
    } catch (error) {
      return { statusCode: statusOf(error), statusDescription: messageOf(error), body: {} }
    }
  }

  async #perform(request: ManagementRequest, asker: Asker): Promise<ManagementAnswer> {
    const read = this.#reads.get(request.operation)
    if (read !== undefined) return read(request)
    const { operation, entityType, key } = request
    const facts = { operation, entityType, ...key, from: asker.name }
    if (!asker.mayChange) {
      this.#log.warn(facts, 'refused a change from outside')
      throw refusal('management/forbidden', `${operation} is only allowed on the local listener with mutual TLS`)
    }
    const change = this.#changes.get(operation)
    if (change === undefined) throw refusal('management/not-implemented', `operation "${operation}" is not implemented`)
    try {
      const answer = await this.#inTurn(() => change(request))
      this.#log.info(facts, 'changed the configuration')
      return answer
    } catch (error) {
      this.#log.warn(facts, `could not change the configuration: ${messageOf(error)}`)
      throw error
    }
  }

  /** One change after the other, so that none sees another's half-made state. */
  async #inTurn<T>(change: () => T | Promise<T>): Promise<T> {
    if (this.#waitingChanges >= MAX_WAITING_CHANGES) throw refusal('management/failed', 'too many changes are waiting')
    this.#waitingChanges += 1
    const turn = this.#lastChange.then(change)
    this.#lastChange = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      this.#waitingChanges -= 1
    }
  }

  async #create(request: ManagementRequest): Promise<ManagementAnswer> {
    const type = this.#theType(request)
    if (type.create === undefined) throw notImplemented(request, type)
    const entity = await type.create(request.key.name, request.attributes)
    return { statusCode: CREATED, statusDescription: 'Created', body: answerOf(type, entity) }
  }

  async #update(request: ManagementRequest): Promise<ManagementAnswer> {
    const [type, entity] = this.#find(request)
    if (type.update === undefined) throw notImplemented(request, type)
    return ok(answerOf(type, await type.update(entity, request.attributes)))
  }

  async #delete(request: ManagementRequest): Promise<ManagementAnswer> {
    const [type, entity] = this.#find(request)
    if (type.delete === undefined) throw notImplemented(request, type)
    await type.delete(entity)
    return { statusCode: NO_CONTENT, statusDescription: 'No Content', body: {} }
  }

  #asked({ entityType }: ManagementRequest): EntityType[] {
    if (entityType === undefined) return [...this.#types.values()]
    const type = this.#types.get(fullTypeName(entityType))
    if (type !== undefined) return [type]
    throw refusal('management/bad-request', `unknown entity type "${entityType}"`, entityType)
  }

  #theType(request: ManagementRequest): EntityType {
    const [type, another] = this.#asked(request)
    if (type !== undefined && another === undefined) return type
    throw refusal('management/bad-request', 'the request names no entity type')
  }

  #find(request: ManagementRequest): [EntityType, Entity] {
    const { key } = request
    if (key.name === undefined && key.identity === undefined) {
      throw refusal('management/bad-request', 'the request gives neither name nor identity')
    }
    for (const type of this.#asked(request)) {
      const candidates = key.name === undefined || type.named === undefined ? type.list() : [type.named(key.name)]
      const entity = candidates.find((each) => each !== undefined && isMeant(each, key))
      if (entity !== undefined) return [type, entity]
    }
    throw refusal('management/not-found', `no entity ${describeKey(request)}`)
  }

  #describe<T>(request: ManagementRequest, what: (type: EntityType) => T): Record<string, T> {
    return Object.fromEntries(this.#asked(request).map((type) => [type.type, what(type)]))
  }
}

function ok(body: unknown): ManagementAnswer {
  return { statusCode: OK, statusDescription: 'OK', body }
}

function answerOf({ type }: EntityType, entity: Entity): object {
  const set = Object.entries(entity).filter(([, value]) => value !== undefined && value !== null)
  return { ...Object.fromEntries(set), type }
}

function operationsOf({ create, update, delete: remove }: EntityType): string[] {
  const optional = { CREATE: create, UPDATE: update, DELETE: remove }
  const given = Object.entries(optional).filter(([, operation]) => operation !== undefined)
  return [...given.map(([name]) => name), 'READ']
}

function notImplemented({ operation }: ManagementRequest, { type }: EntityType): Error {
  return refusal('management/not-implemented', `${operation} is not implemented for ${type}`)
}

function describeKey({ entityType, key: { name, identity } }: ManagementRequest): string {
  const given = { type: entityType, name, identity }
  return Object.entries(given)
    .flatMap(([what, value]) => (value === undefined ? [] : [`${what}=${value}`]))
    .join(' ')
}
