import { INCOMPLETE, endOf, itemsAt, malformed, nextItem, textAt, unsignedAt } from './control/encoded.ts'
import type { Items } from './control/encoded.ts'
import { decodeAnnotations, startsWithAnnotations } from './router-annotations.ts'
import type { RouterAnnotations } from './router-annotations.ts'

/** A head (everything before the body) that is longer is refused. */
export const MAX_HEAD_BYTES = 65_536
/** The priority of a message without one (AMQP 1.0, part 3.2.1). */
export const DEFAULT_PRIORITY = 4
const MAX_PRIORITY = 9

/** A message id or correlation id: a string, a ulong, or the bytes of a uuid or binary. */
export type MessageId = string | number | bigint | Buffer

/** What a router reads of a message before it decides where the message goes. */
export interface MessageHead {
  readonly annotations: RouterAnnotations | undefined
  /** Bytes of the annotations section; 0 if there is none. What follows is passed on as it is. */
  readonly annotationsLength: number
  /** 0 to 9. */
  readonly priority: number
  readonly messageId: MessageId | undefined
  readonly to: string | undefined
  readonly subject: string | undefined
  readonly replyTo: string | undefined
  readonly correlationId: MessageId | undefined
  readonly contentType: string | undefined
  /** The encoded map of the application properties, without its descriptor. */
  readonly applicationProperties: Buffer | undefined
  /** Where the body section starts; the end of the bytes if there is no body. */
  readonly bodyAt: number
  /** Where the raw bytes of a stream start: right after a null body. Undefined if the body is anything else. */
  readonly streamAt: number | undefined
}

type Writable = { -readonly [K in keyof MessageHead]: MessageHead[K] }

const HEADER = 0x70
const PROPERTIES = 0x73
const APPLICATION_PROPERTIES = 0x74
const FIRST_BODY = 0x75
const VALUE_BODY = 0x77
const FOOTER = 0x78

/**
 * Reads the sections before the body (protocol sheet, section 5), whatever their order. With 'partial' the message is
 * still arriving and 'incomplete' asks for more bytes; with 'whole' it has ended, and may have no body at all.
 * Throws `mesh/malformed-message` and `mesh/invalid-annotations`.
 */
export function parseHead(bytes: Buffer, extent: 'whole'): MessageHead
export function parseHead(bytes: Buffer, extent?: 'partial' | 'whole'): MessageHead | 'incomplete'
export function parseHead(bytes: Buffer, extent: 'partial' | 'whole' = 'partial'): MessageHead | 'incomplete' {
  const head = emptyHead()
  const complete = readAnnotations(bytes, head) && readSections(bytes, head, extent)
  if (complete) return head
  if (extent === 'whole') throw malformed('it ends within a section', bytes.length)
  if (bytes.length > MAX_HEAD_BYTES) throw malformed('its head is too long', MAX_HEAD_BYTES)
  return 'incomplete'
}

function emptyHead(): Writable {
  return {
    annotations: undefined,
    annotationsLength: 0,
    priority: DEFAULT_PRIORITY,
    messageId: undefined,
    to: undefined,
    subject: undefined,
    replyTo: undefined,
    correlationId: undefined,
    contentType: undefined,
    applicationProperties: undefined,
    bodyAt: 0,
    streamAt: undefined,
  }
}

function readAnnotations(bytes: Buffer, head: Writable): boolean {
  if (!startsWithAnnotations(bytes)) return bytes.length > 1 || bytes.length === 0
  const decoded = decodeAnnotations(bytes)
  if (decoded === 'incomplete') return false
  head.annotations = decoded.annotations
  head.annotationsLength = decoded.length
  return true
}

function readSections(bytes: Buffer, head: Writable, extent: 'partial' | 'whole'): boolean {
  let at = head.annotationsLength
  for (;;) {
    if (at > MAX_HEAD_BYTES) throw malformed('its head is too long', at)
    head.bodyAt = at
    if (at === bytes.length) return extent === 'whole'
    const valueAt = endOfDescriptor(bytes, at)
    if (valueAt === INCOMPLETE) return false
    const section = sectionCode(bytes, at)
    if (section >= FIRST_BODY) return readBody(bytes, head, { section, valueAt })
    const end = endOf(bytes, valueAt)
    if (end === INCOMPLETE) return false
    readSection(bytes, head, { section, valueAt, end })
    at = end
  }
}

interface Section {
  readonly section: number
  readonly valueAt: number
}

function readSection(bytes: Buffer, head: Writable, { section, valueAt, end }: Section & { end: number }): void {
  if (section === HEADER) readHeader(bytes, head, listAt(bytes, valueAt))
  else if (section === PROPERTIES) readProperties(bytes, head, listAt(bytes, valueAt))
  else if (section === APPLICATION_PROPERTIES) head.applicationProperties = bytes.subarray(valueAt, end)
}

function readHeader(bytes: Buffer, head: Writable, items: Items): void {
  if (items.count < 2) return
  const priorityAt = nextItem(bytes, items.first, items.end)
  nextItem(bytes, priorityAt, items.end)
  head.priority = Math.min(unsignedAt(bytes, priorityAt) ?? DEFAULT_PRIORITY, MAX_PRIORITY)
}

function readProperties(bytes: Buffer, head: Writable, items: Items): void {
  let at = items.first
  for (let field = 0; field < items.count && field <= 6; field++) {
    const next = nextItem(bytes, at, items.end)
    readProperty(bytes.subarray(at, next), head, field)
    at = next
  }
}

function readProperty(value: Buffer, head: Writable, field: number): void {
  if (field === 0) head.messageId = idIn(value)
  else if (field === 2) head.to = textAt(value, 0)
  else if (field === 3) head.subject = textAt(value, 0)
  else if (field === 4) head.replyTo = textAt(value, 0)
  else if (field === 5) head.correlationId = idIn(value)
  else if (field === 6) head.contentType = textAt(value, 0)
}

function idIn(value: Buffer): MessageId | undefined {
  switch (value.readUInt8(0)) {
    case 0x44:
      return 0
    case 0x53:
      return value.readUInt8(1)
    case 0x80: {
      const long = value.readBigUInt64BE(1)
      return long <= Number.MAX_SAFE_INTEGER ? Number(long) : long
    }
    case 0x98:
      return value.subarray(1)
    case 0xa0:
      return value.subarray(2)
    case 0xb0:
      return value.subarray(5)
    default:
      return textAt(value, 0)
  }
}

/** A stream's header ends with a null value as body; only its bytes tell whether raw bytes may follow. */
function readBody(bytes: Buffer, head: Writable, { section, valueAt }: Section): boolean {
  if (section > FOOTER) throw malformed('an unknown section', head.bodyAt)
  if (section !== VALUE_BODY) return true
  const constructor = bytes[valueAt]
  if (constructor === 0x40) head.streamAt = valueAt + 1
  return constructor !== undefined
}

function listAt(bytes: Buffer, at: number): Items {
  const items = itemsAt(bytes, at)
  if (items === undefined) throw malformed('a section that should be a list is none', at)
  return items
}

function endOfDescriptor(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0) throw malformed('a section without a descriptor', at)
  return endOf(bytes, at + 1)
}

function sectionCode(bytes: Buffer, at: number): number {
  const code =
    bytes[at + 1] === 0x53
      ? bytes.readUInt8(at + 2)
      : bytes[at + 1] === 0x80 && bytes.readUInt32BE(at + 2) === 0
        ? bytes.readUInt32BE(at + 6)
        : 0
  if (code < HEADER) throw malformed('an unknown section', at)
  return code
}
