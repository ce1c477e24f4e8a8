import { violation } from './conditions.ts'
import { Decoder } from './decode.ts'
import { Encoder } from './encode.ts'
import { Described, Typed } from './value.ts'

/** A whole message (AMQP 1.0, part 3.2), as far as management, telemetry and service sync need it. */
export interface Message {
  header?: { durable?: boolean | undefined; priority?: number | undefined } | undefined
  /** A string, a number or bigint (ulong), a Buffer (binary) or a Typed uuid. */
  messageId?: unknown
  to?: string | undefined
  subject?: string | undefined
  replyTo?: string | undefined
  correlationId?: unknown
  contentType?: string | undefined
  applicationProperties?: ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>> | undefined
  /** The value of an amqp-value section (null: a section with null); undefined: no body. */
  body?: unknown
}

/** A message in which application properties are always a Map. */
export interface DecodedMessage extends Message {
  applicationProperties: ReadonlyMap<unknown, unknown>
}

/** Descriptors of the sections. */
const HEADER = 0x70
const PROPERTIES = 0x73
const APPLICATION_PROPERTIES = 0x74
const DATA = 0x75
const SEQUENCE = 0x76
const VALUE = 0x77

/** The message's bytes. @throws SkupperError `amqp/not-encodable` */
export function encodeMessage(message: Message): Buffer {
  const encoder = new Encoder()
  if (message.header !== undefined) encoder.value(headerOf(message.header))
  const properties = propertiesOf(message)
  if (properties.length > 0) encoder.value(new Described(PROPERTIES, properties))
  if (message.applicationProperties !== undefined) {
    encoder.value(new Described(APPLICATION_PROPERTIES, message.applicationProperties))
  }
  if (message.body !== undefined) encoder.value(new Described(VALUE, message.body))
  return encoder.bytes()
}

function headerOf({ durable, priority }: NonNullable<Message['header']>): Described {
  const level = priority === undefined ? null : new Typed('ubyte', priority)
  return new Described(HEADER, [durable ?? null, level])
}

/** The fields of the properties section up to content-type, without trailing empty ones. */
function propertiesOf(message: Message): unknown[] {
  const { to, subject, replyTo, contentType } = message
  const fields = [
    idOf(message.messageId),
    null,
    to,
    subject,
    replyTo,
    idOf(message.correlationId),
    symbolOf(contentType),
  ]
  while (fields.length > 0 && (fields.at(-1) ?? null) === null) fields.pop()
  return fields
}

/** Ids are ulong, uuid, binary or string: a bare number cannot be an int here. */
function idOf(id: unknown): unknown {
  return typeof id === 'number' || typeof id === 'bigint' ? new Typed('ulong', id) : id
}

function symbolOf(text: string | undefined): Typed | undefined {
  return text === undefined ? undefined : new Typed('symbol', text)
}

/**
 * Reads a whole message; unknown described sections such as router annotations are skipped. A body of data sections is
 * one Buffer, one of sequences an array.
 *
 * @throws SkupperError `amqp/decode-error`, `amqp/decode-truncated`
 */
export function decodeMessage(bytes: Buffer): DecodedMessage {
  const decoder = new Decoder(bytes)
  const reading: Reading = { message: { applicationProperties: new Map() }, data: [], sequence: [] }
  while (!decoder.done) {
    const section = decoder.value()
    if (!(section instanceof Described)) throw violation('decode-error', 'a section of the message is not described')
    SECTIONS.get(section.descriptor)?.(reading, section.value)
  }
  const { message, data, sequence } = reading
  if (data.length > 0) message.body = data.length === 1 ? data[0] : Buffer.concat(data)
  else if (sequence.length > 0) message.body = sequence
  return message
}

/** A message being read: a body may come in several sections. */
interface Reading {
  readonly message: DecodedMessage
  readonly data: Buffer[]
  readonly sequence: unknown[]
}

const SECTIONS = new Map<unknown, (reading: Reading, value: unknown) => void>([
  [HEADER, readHeader],
  [PROPERTIES, readProperties],
  [APPLICATION_PROPERTIES, readApplicationProperties],
  [DATA, readData],
  [SEQUENCE, readSequence],
  [VALUE, readValue],
])

function readHeader({ message }: Reading, value: unknown): void {
  const [durable, priority] = listOf(value, 'header')
  message.header = {
    durable: typeof durable === 'boolean' ? durable : undefined,
    priority: typeof priority === 'number' ? priority : undefined,
  }
}

function readProperties({ message }: Reading, value: unknown): void {
  const fields = listOf(value, 'properties')
  const [messageId, , to, subject, replyTo, correlationId, contentType] = fields
  if (messageId !== undefined && messageId !== null) message.messageId = messageId
  if (correlationId !== undefined && correlationId !== null) message.correlationId = correlationId
  Object.assign(message, texts({ to, subject, replyTo, contentType }))
}

/** Those of `fields` that are there. */
function texts(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') found[name] = value
    else if (value !== undefined && value !== null) throw violation('decode-error', `properties: ${name} is not a text`)
  }
  return found
}

function readApplicationProperties({ message }: Reading, value: unknown): void {
  if (!(value instanceof Map)) throw violation('decode-error', 'application properties are not a map')
  message.applicationProperties = value
}

function readData({ data }: Reading, value: unknown): void {
  if (!Buffer.isBuffer(value)) throw violation('decode-error', 'a data section is not binary')
  data.push(value)
}

function readSequence({ sequence }: Reading, value: unknown): void {
  for (const item of listOf(value, 'amqp-sequence')) sequence.push(item)
}

function readValue({ message }: Reading, value: unknown): void {
  message.body = value
}

function listOf(value: unknown, section: string): readonly unknown[] {
  if (!Array.isArray(value)) throw violation('decode-error', `the section ${section} is not a list`)
  return value
}
