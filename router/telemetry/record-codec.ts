import { SkupperError } from '../../core/model/error.ts'
import { uint, ulong } from '../amqp/value.ts'
import { attributeTable, recordTypes } from './attributes.ts'
import type { AttributeKind, AttributeName, Attributes, RecordType } from './attributes.ts'

const RECORD_TYPE_CODE = 0
const IDENTITY_CODE = 1
/** No sender batches nearly as many; more in one message is refused rather than worked through. */
const MAX_RECORDS = 10_000

/** One record as a message carries it: all of it the first time and after a FLUSH, else only what changed. */
export interface RecordUpdate {
  readonly type: RecordType
  readonly identity: string
  readonly attributes: Attributes
}

interface Column {
  readonly name: AttributeName
  readonly kind: AttributeKind
}

const columnsByCode = new Map<unknown, Column>(
  Object.entries(attributeTable).map(([name, [code, kind]]) => [code, { name: name as AttributeName, kind }]),
)
const typesByCode = new Map<unknown, RecordType>(
  Object.entries(recordTypes).map(([type, code]) => [code, type as RecordType]),
)

/** The body of a RECORD message: a list of maps from attribute code (uint) to value (protocol sheet, section 6). */
export function encodeRecords(records: readonly RecordUpdate[]): unknown[] {
  return records.map(encodeRecord)
}

function encodeRecord({ type, identity, attributes }: RecordUpdate): Map<unknown, unknown> {
  const encoded = new Map<unknown, unknown>([
    [uint(RECORD_TYPE_CODE), uint(recordTypes[type])],
    [uint(IDENTITY_CODE), identity],
  ])
  for (const [name, value] of Object.entries(attributes)) {
    const [code] = attributeTable[name as AttributeName]
    encoded.set(uint(code), typeof value === 'number' ? ulong(value) : value)
  }
  return encoded
}

/**
 * Reads the body of a RECORD message. Record types, attributes and kinds of value this version does not know are left
 * out, so that a newer router does no harm; a body that is no list of records throws `telemetry/malformed-record`.
 */
export function decodeRecords(body: unknown): RecordUpdate[] {
  if (!Array.isArray(body)) throw malformed('its body is not a list', body)
  if (body.length > MAX_RECORDS) throw malformed('it has too many records', body.length)
  return body.flatMap(decodeRecord)
}

function decodeRecord(value: unknown): RecordUpdate[] {
  if (!(value instanceof Map)) throw malformed('a record is not a map', value)
  const map: ReadonlyMap<unknown, unknown> = value
  const identity = map.get(IDENTITY_CODE)
  const code = map.get(RECORD_TYPE_CODE)
  if (typeof identity !== 'string' || identity === '') throw malformed('a record has no identity', identity)
  if (typeof code !== 'number') throw malformed('a record has no type', code)
  const type = typesByCode.get(code)
  return type === undefined ? [] : [{ type, identity, attributes: decodeAttributes(map) }]
}

function decodeAttributes(map: ReadonlyMap<unknown, unknown>): Attributes {
  const attributes: Record<string, string | number> = {}
  for (const [code, value] of map) {
    const column = columnsByCode.get(code)
    const decoded = column && decodeValue(column.kind, value)
    if (column !== undefined && decoded !== undefined) attributes[column.name] = decoded
  }
  return attributes
}

function decodeValue(kind: AttributeKind, value: unknown): string | number | undefined {
  if (kind === 'text') return typeof value === 'string' ? value : undefined
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' ? value : undefined
}

function malformed(what: string, given: unknown): SkupperError {
  return new SkupperError('telemetry/malformed-record', `telemetry message refused: ${what}`, { given })
}
