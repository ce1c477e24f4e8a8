import { SkupperError } from '../../core/model/error.ts'
import { INCOMPLETE, endOf, itemsAt, nextItem, textAt, unsignedAt } from './control/encoded.ts'
import type { Items } from './control/encoded.ts'

/** What kind of router signs. */
export type RouterMode = 'interior' | 'edge'

/** Flag bits of the section. Others are passed on as they are. */
export const STREAMING = 1
/** Whoever is given the message back tries another way. */
export const RESEND_RELEASED = 2
export const DISABLE_Q2 = 4

/** A trace longer than this is a loop: no network has a path of so many routers. */
export const MAX_TRACE = 256

/**
 * The "SKPR--RA" section (protocol sheet, section 5): the part of a message that belongs to the routers on its path.
 * `ingress` and the items of `trace` have the form "0/<router id>".
 */
export interface RouterAnnotations {
  readonly flags: number
  /** Where the message goes, if not to properties.to. */
  readonly toOverride: string | undefined
  /** The interior router it entered by; undefined as long as it comes from an edge. */
  readonly ingress: string | undefined
  /** The interior routers it has passed, in order. */
  readonly trace: readonly string[]
  readonly ingressMesh?: string | undefined
}

const DESCRIPTOR = Buffer.from('SKPR--RA', 'latin1')
const PREFIX = Buffer.concat([Buffer.from([0x00, 0x80]), DESCRIPTOR])

/** The name of a router in annotations: its area, which is always 0, and its id. */
export function traceName(routerId: string): string {
  return `0/${routerId}`
}

/** The router id of an `ingress` or trace item; the text itself where it has no area. */
export function routerIdOf(name: string): string {
  return name.startsWith('0/') ? name.slice(2) : name
}

/** The annotations of a message that starts its way at `routerId`; an edge router leaves it to its interior to sign. */
export function originAnnotations(routerId: string, flags = 0, mode: RouterMode = 'interior'): RouterAnnotations {
  const name = traceName(routerId)
  const signed = mode === 'interior'
  return { flags, toOverride: undefined, ingress: signed ? name : undefined, trace: signed ? [name] : [] }
}

/**
 * What `routerId` writes when it passes a message on: itself at the end of the trace, and as ingress if there is none.
 * An edge router writes neither.
 */
export function passedOn(
  annotations: RouterAnnotations | undefined,
  routerId: string,
  mode: RouterMode = 'interior',
): RouterAnnotations {
  if (annotations === undefined) return originAnnotations(routerId, 0, mode)
  if (mode === 'edge') return { ...annotations, ingress: undefined, trace: [] }
  const name = traceName(routerId)
  return { ...annotations, ingress: annotations.ingress ?? name, trace: [...annotations.trace, name] }
}

/** The whole section with its descriptor, in the form real routers send: list32, short strings. */
export function encodeAnnotations(annotations: RouterAnnotations): Buffer {
  const items = [
    encodedFlags(annotations.flags),
    encodedText(annotations.toOverride),
    encodedText(annotations.ingress),
    encodedTrace(annotations.trace),
  ]
  if (annotations.ingressMesh !== undefined) items.push(encodedText(annotations.ingressMesh))
  return Buffer.concat([PREFIX, encodedList(items)])
}

/** True if a section with this descriptor starts at byte 0, as far as the bytes go. */
export function startsWithAnnotations(bytes: Buffer): boolean {
  const compared = Math.min(bytes.length, PREFIX.length)
  return compared > 1 && bytes.compare(PREFIX, 0, compared, 0, compared) === 0
}

/**
 * Reads the section at byte 0: the annotations and the section's length in bytes, or 'incomplete'.
 * Throws `mesh/invalid-annotations` (to be answered with amqp:invalid-field) and `mesh/malformed-message`.
 */
export function decodeAnnotations(
  bytes: Buffer,
): { readonly annotations: RouterAnnotations; readonly length: number } | 'incomplete' {
  const length = endOf(bytes, PREFIX.length)
  if (bytes.length <= PREFIX.length || length === INCOMPLETE) return 'incomplete'
  const items = itemsAt(bytes, PREFIX.length)
  if (items === undefined || items.count < 4) throw invalid('the section is no list of four or more items')
  return { annotations: annotationsIn(bytes, items), length }
}

function annotationsIn(bytes: Buffer, items: Items): RouterAnnotations {
  const overrideAt = nextItem(bytes, items.first, items.end)
  const ingressAt = nextItem(bytes, overrideAt, items.end)
  const traceAt = nextItem(bytes, ingressAt, items.end)
  const meshAt = nextItem(bytes, traceAt, items.end)
  const flags = unsignedAt(bytes, items.first)
  if (flags === undefined) throw invalid('the flags are no uint')
  if (items.count > 4) nextItem(bytes, meshAt, items.end)
  return {
    flags,
    toOverride: textOrNull(bytes, overrideAt, 'to-override'),
    ingress: textOrNull(bytes, ingressAt, 'ingress'),
    trace: traceIn(bytes, traceAt),
    ingressMesh: items.count > 4 ? textOrNull(bytes, meshAt, 'ingress mesh') : undefined,
  }
}

function textOrNull(bytes: Buffer, at: number, what: string): string | undefined {
  const text = bytes[at] === 0x40 ? undefined : textAt(bytes, at)
  if (text === undefined && bytes[at] !== 0x40) throw invalid(`${what} is no string`)
  return text
}

function traceIn(bytes: Buffer, at: number): string[] {
  const items = itemsAt(bytes, at)
  if (items === undefined) throw invalid('the trace is no list')
  if (items.count > MAX_TRACE) throw invalid(`the trace has ${String(items.count)} items`)
  const trace: string[] = []
  let next = items.first
  for (let i = 0; i < items.count; i++) {
    const after = nextItem(bytes, next, items.end)
    const name = textAt(bytes, next)
    if (name === undefined) throw invalid('a trace item is no string')
    trace.push(name)
    next = after
  }
  return trace
}

function encodedFlags(flags: number): Buffer {
  if (flags === 0) return Buffer.from([0x43])
  if (flags < 256) return Buffer.from([0x52, flags])
  const encoded = Buffer.alloc(5, 0x70)
  encoded.writeUInt32BE(flags, 1)
  return encoded
}

function encodedText(text: string | undefined): Buffer {
  if (text === undefined) return Buffer.from([0x40])
  const length = Buffer.byteLength(text)
  const head = length < 256 ? 2 : 5
  const encoded = Buffer.allocUnsafe(head + length)
  encoded[0] = length < 256 ? 0xa1 : 0xb1
  if (length < 256) encoded.writeUInt8(length, 1)
  else encoded.writeUInt32BE(length, 1)
  encoded.write(text, head)
  return encoded
}

function encodedTrace(trace: readonly string[]): Buffer {
  return trace.length === 0 ? Buffer.from([0x45]) : encodedList(trace.map(encodedText))
}

function encodedList(items: readonly Buffer[]): Buffer {
  const size = items.reduce((sum, item) => sum + item.length, 0)
  const head = Buffer.allocUnsafe(9)
  head[0] = 0xd0
  head.writeUInt32BE(size + 4, 1)
  head.writeUInt32BE(items.length, 5)
  return Buffer.concat([head, ...items], 9 + size)
}

function invalid(what: string): SkupperError {
  return new SkupperError('mesh/invalid-annotations', `invalid router annotations: ${what}`)
}
