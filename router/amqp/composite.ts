import { violation } from './conditions.ts'
import type { Encoder } from './encode.ts'
import { FIELD_KINDS } from './field-kind.ts'
import type { Kind, Kinds } from './field-kind.ts'
import { Described } from './value.ts'

type Field = readonly [name: string, kind: Kind, required?: 'required']
interface Shape {
  readonly code: number
  readonly fields: readonly Field[]
}

/** The composite types of AMQP 1.0 that we speak: descriptor and fields in wire order (parts 2.7, 2.8, 3.4, 3.5, 5.3). */
export const COMPOSITES = {
  open: {
    code: 0x10,
    fields: [
      ['containerId', 'string', 'required'],
      ['hostname', 'string'],
      ['maxFrameSize', 'uint'],
      ['channelMax', 'ushort'],
      ['idleTimeout', 'uint'],
      ['outgoingLocales', 'symbols'],
      ['incomingLocales', 'symbols'],
      ['offeredCapabilities', 'symbols'],
      ['desiredCapabilities', 'symbols'],
      ['properties', 'map'],
    ],
  },
  begin: {
    code: 0x11,
    fields: [
      ['remoteChannel', 'ushort'],
      ['nextOutgoingId', 'uint', 'required'],
      ['incomingWindow', 'uint', 'required'],
      ['outgoingWindow', 'uint', 'required'],
      ['handleMax', 'uint'],
    ],
  },
  attach: {
    code: 0x12,
    fields: [
      ['name', 'string', 'required'],
      ['handle', 'uint', 'required'],
      ['receiver', 'bool', 'required'],
      ['senderSettleMode', 'ubyte'],
      ['receiverSettleMode', 'ubyte'],
      ['source', 'any'],
      ['target', 'any'],
      ['unsettled', 'any'],
      ['incompleteUnsettled', 'bool'],
      ['initialDeliveryCount', 'uint'],
      ['maxMessageSize', 'ulong'],
    ],
  },
  flow: {
    code: 0x13,
    fields: [
      ['nextIncomingId', 'uint'],
      ['incomingWindow', 'uint', 'required'],
      ['nextOutgoingId', 'uint', 'required'],
      ['outgoingWindow', 'uint', 'required'],
      ['handle', 'uint'],
      ['deliveryCount', 'uint'],
      ['linkCredit', 'uint'],
      ['available', 'uint'],
      ['drain', 'bool'],
      ['echo', 'bool'],
    ],
  },
  disposition: {
    code: 0x15,
    fields: [
      ['receiver', 'bool', 'required'],
      ['first', 'uint', 'required'],
      ['last', 'uint'],
      ['settled', 'bool'],
      ['state', 'any'],
    ],
  },
  detach: {
    code: 0x16,
    fields: [
      ['handle', 'uint', 'required'],
      ['closed', 'bool'],
      ['error', 'any'],
    ],
  },
  end: { code: 0x17, fields: [['error', 'any']] },
  close: { code: 0x18, fields: [['error', 'any']] },
  error: {
    code: 0x1d,
    fields: [
      ['condition', 'symbol', 'required'],
      ['description', 'string'],
      ['info', 'any'],
    ],
  },
  received: {
    code: 0x23,
    fields: [
      ['sectionNumber', 'uint', 'required'],
      ['sectionOffset', 'ulong', 'required'],
    ],
  },
  accepted: { code: 0x24, fields: [] },
  rejected: { code: 0x25, fields: [['error', 'any']] },
  released: { code: 0x26, fields: [] },
  modified: {
    code: 0x27,
    fields: [
      ['deliveryFailed', 'bool'],
      ['undeliverableHere', 'bool'],
      ['annotations', 'any'],
    ],
  },
  source: {
    code: 0x28,
    fields: [
      ['address', 'any'],
      ['durable', 'uint'],
      ['expiryPolicy', 'symbol'],
      ['timeout', 'uint'],
      ['dynamic', 'bool'],
      ['dynamicNodeProperties', 'any'],
      ['distributionMode', 'symbol'],
      ['filter', 'any'],
      ['defaultOutcome', 'any'],
      ['outcomes', 'symbols'],
      ['capabilities', 'symbols'],
    ],
  },
  target: {
    code: 0x29,
    fields: [
      ['address', 'any'],
      ['durable', 'uint'],
      ['expiryPolicy', 'symbol'],
      ['timeout', 'uint'],
      ['dynamic', 'bool'],
      ['dynamicNodeProperties', 'any'],
      ['capabilities', 'symbols'],
    ],
  },
  saslMechanisms: { code: 0x40, fields: [['mechanisms', 'symbols', 'required']] },
  saslInit: {
    code: 0x41,
    fields: [
      ['mechanism', 'symbol', 'required'],
      ['initialResponse', 'binary'],
      ['hostname', 'string'],
    ],
  },
  saslChallenge: { code: 0x42, fields: [['challenge', 'binary', 'required']] },
  saslResponse: { code: 0x43, fields: [['response', 'binary', 'required']] },
  saslOutcome: {
    code: 0x44,
    fields: [
      ['code', 'ubyte', 'required'],
      ['additionalData', 'binary'],
    ],
  },
} as const satisfies Record<string, Shape>

export type CompositeName = keyof typeof COMPOSITES
type FieldOf<N extends CompositeName> = (typeof COMPOSITES)[N]['fields'][number]
/** The fields of the composite type `N`; null on the wire is undefined here. */
export type Fields<N extends CompositeName> = {
  -readonly [F in FieldOf<N> as F extends readonly [string, Kind, 'required'] ? F[0] : never]: Kinds[F[1]]
} & {
  -readonly [F in FieldOf<N> as F extends readonly [string, Kind, 'required'] ? never : F[0]]?: Kinds[F[1]] | undefined
}
/** A composite value with its name: a discriminated union over all of them, or over those named. */
export type Composite<N extends CompositeName = CompositeName> = { [K in N]: { name: K; fields: Fields<K> } }[N]

const NAMES = new Map<unknown, CompositeName>()
for (const name of Object.keys(COMPOSITES) as CompositeName[]) NAMES.set(COMPOSITES[name].code, name)

/** Writes a composite value; trailing fields without value are left out. */
export function encodeComposite<N extends CompositeName>(encoder: Encoder, name: N, fields: Fields<N>): void {
  const shape: Shape = COMPOSITES[name]
  const given: Readonly<Record<string, unknown>> = fields
  let count = shape.fields.length
  while (count > 0 && given[shape.fields[count - 1]?.[0] ?? ''] === undefined) count--
  encoder.byte(0x00)
  encoder.byte(0x53)
  encoder.byte(shape.code)
  encoder.value(shape.fields.slice(0, count).map(([field, kind]) => wire(kind, given[field])))
}

/** The composite as a value, to be a field of another. */
export function composite<N extends CompositeName>(name: N, fields: Fields<N>): Described {
  const shape: Shape = COMPOSITES[name]
  const given: Readonly<Record<string, unknown>> = fields
  return new Described(
    shape.code,
    shape.fields.map(([field, kind]) => wire(kind, given[field])),
  )
}

function wire(kind: Kind, value: unknown): unknown {
  return value === undefined ? null : FIELD_KINDS[kind].wire(value as never)
}

/**
 * Takes a decoded value as a composite of a known type. Undefined for another one.
 *
 * @throws SkupperError `amqp/decode-error` for a field that is missing or of another type.
 */
export function asComposite(value: unknown): Composite | undefined {
  if (!(value instanceof Described) || !Array.isArray(value.value)) return undefined
  const name = NAMES.get(value.descriptor)
  if (name === undefined) return undefined
  const shape: Shape = COMPOSITES[name]
  const items: readonly unknown[] = value.value
  const fields: Record<string, unknown> = {}
  shape.fields.forEach(([field, kind, required], i) => {
    const item = items[i] ?? undefined
    if (item !== undefined) fields[field] = checked(kind, item, `${name}.${field}`)
    else if (required === 'required') throw violation('decode-error', `${name} without ${field}`)
  })
  // The table that the type is made from is the table that was just walked.
  return { name, fields } as unknown as Composite
}

/** As `asComposite`, but only for the types in `names`. */
export function asOneOf<N extends CompositeName>(value: unknown, names: readonly N[]): Composite<N> | undefined {
  const found = asComposite(value)
  return found !== undefined && (names as readonly string[]).includes(found.name) ? (found as Composite<N>) : undefined
}

function checked(kind: Kind, value: unknown, where: string): unknown {
  const good = FIELD_KINDS[kind].read(value)
  if (good === undefined) throw violation('decode-error', `${where} is not of type ${kind}`, value)
  return good
}
