import type { DecodedMessage } from '../amqp/message.ts'
import type { Attributes, EntityKey } from './entity-type.ts'
import { refusal } from './status.ts'

/** A management request, read (protocol sheet, section 7). */
export interface ManagementRequest {
  readonly operation: string
  /** Full or short name of the entity type; absent where the operation concerns all types. */
  readonly entityType: string | undefined
  readonly key: EntityKey
  readonly count: number | undefined
  readonly offset: number
  readonly attributes: Attributes
}

type Properties = ReadonlyMap<unknown, unknown>

/** Operations on the agent itself name it as their `type`; what they are about is their `entityType`. */
const AGENT_TYPE = 'org.amqp.management'

/** Reads a request; throws the refusal `management/bad-request` where it is not one. */
export function parseRequest({ applicationProperties: properties, body }: DecodedMessage): ManagementRequest {
  const operation = text(properties, 'operation')
  if (operation === undefined) throw refusal('management/bad-request', 'the request names no operation')
  const type = text(properties, 'type')
  return {
    operation,
    entityType: text(properties, 'entityType') ?? (type === AGENT_TYPE ? undefined : type),
    key: { name: text(properties, 'name'), identity: text(properties, 'identity') },
    count: number(properties, 'count'),
    offset: number(properties, 'offset') ?? 0,
    attributes: attributesOf(body),
  }
}

function text(properties: Properties, name: string): string | undefined {
  const value = properties.get(name) ?? undefined
  if (value === undefined || typeof value === 'string') return value
  // Identities of connections and links are numbers, and some clients send them so.
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  throw refusal('management/bad-request', `"${name}" has to be a string`, value)
}

function number(properties: Properties, name: string): number | undefined {
  const value = properties.get(name) ?? undefined
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw refusal('management/bad-request', `"${name}" has to be a number from 0 up`, value)
}

function attributesOf(body: unknown): Attributes {
  if (body === undefined || body === null) return {}
  if (!(body instanceof Map)) throw refusal('management/bad-request', 'the body has to be a map')
  const entries = [...(body as ReadonlyMap<unknown, unknown>)]
  const named = entries.filter((entry): entry is [string, unknown] => typeof entry[0] === 'string')
  if (named.length < entries.length) throw refusal('management/bad-request', 'the keys of the body have to be strings')
  return Object.fromEntries(named)
}
