import { SkupperError } from '../../../core/model/error.ts'

/**
 * Reads encoded AMQP values in place, without building them: what a router needs of a delivery it only passes on.
 * Offsets are into `bytes`. `INCOMPLETE` says that the bytes end before the value does.
 */
export const INCOMPLETE = -1

const MAX_DESCRIPTORS = 4

/** Bytes after the constructor by its high half; negative: so many bytes that hold the size. */
const WIDTHS: readonly (number | undefined)[] = [...Array<undefined>(4), 0, 1, 2, 4, 8, 16, -1, -4, -1, -4, -1, -4]

/** The items of an encoded list or map: `count` values from offset `first` on, all before `end`. */
export interface Items {
  readonly count: number
  readonly first: number
  readonly end: number
}

/**
 * The offset after the value at `at`, or `INCOMPLETE`. It follows from the high half of the constructor byte alone
 * (AMQP 1.0, part 1.2), so unknown types of a known width are skipped too. Throws `mesh/malformed-message`.
 */
export function endOf(bytes: Buffer, at: number): number {
  let start = at
  for (let depth = 0; bytes[start] === 0; depth++) {
    if (depth === MAX_DESCRIPTORS) throw malformed('descriptors nested too deep', at)
    start = endOfPlain(bytes, start + 1)
    if (start === INCOMPLETE) return INCOMPLETE
  }
  return endOfPlain(bytes, start)
}

/** A string or symbol; undefined for null and for any other type. `at` must hold a complete value. */
export function textAt(bytes: Buffer, at: number): string | undefined {
  switch (bytes.readUInt8(at)) {
    case 0xa1:
    case 0xa3:
      return bytes.toString('utf8', at + 2, at + 2 + bytes.readUInt8(at + 1))
    case 0xb1:
    case 0xb3:
      return bytes.toString('utf8', at + 5, at + 5 + bytes.readUInt32BE(at + 1))
    default:
      return undefined
  }
}

/** An unsigned integer of at most 32 bits (ubyte, ushort, uint); undefined for null and for any other type. */
export function unsignedAt(bytes: Buffer, at: number): number | undefined {
  switch (bytes.readUInt8(at)) {
    case 0x43:
      return 0
    case 0x50:
    case 0x52:
      return bytes.readUInt8(at + 1)
    case 0x60:
      return bytes.readUInt16BE(at + 1)
    case 0x70:
      return bytes.readUInt32BE(at + 1)
    default:
      return undefined
  }
}

/** The items of the list at `at`, which must be complete; undefined if it is no list. Throws `mesh/malformed-message`. */
export function itemsAt(bytes: Buffer, at: number): Items | undefined {
  switch (bytes.readUInt8(at)) {
    case 0x45:
      return { count: 0, first: at + 1, end: at + 1 }
    case 0xc0:
      if (bytes[at + 1] === 0) throw malformed('a list without a count', at)
      return { count: bytes.readUInt8(at + 2), first: at + 3, end: endOfPlain(bytes, at) }
    case 0xd0:
      if (bytes.readUInt32BE(at + 1) < 4) throw malformed('a list without a count', at)
      return { count: bytes.readUInt32BE(at + 5), first: at + 9, end: endOfPlain(bytes, at) }
    default:
      return undefined
  }
}

/** Where the item after the one at `at` starts. Throws `mesh/malformed-message` if the item runs over the list's end. */
export function nextItem(bytes: Buffer, at: number, end: number): number {
  const next = at < end ? endOf(bytes, at) : INCOMPLETE
  if (next === INCOMPLETE || next > end) throw malformed('an item runs over the end of its list', at)
  return next
}

/** The error for bytes that are no AMQP value, or not the one expected, at offset `at`. */
export function malformed(what: string, at: number): SkupperError {
  return new SkupperError('mesh/malformed-message', `malformed message: ${what}, at byte ${String(at)}`, { given: at })
}

function endOfPlain(bytes: Buffer, at: number): number {
  const constructor = bytes[at]
  if (constructor === undefined) return INCOMPLETE
  const category = constructor >> 4
  const width = WIDTHS[category]
  if (width === undefined) throw malformed(`unknown type code 0x${constructor.toString(16)}`, at)
  const end = width >= 0 ? at + 1 + width : endOfSized(bytes, at, -width)
  return end > bytes.length ? INCOMPLETE : end
}

/** The end of a value that starts with its own size, in one or four bytes. */
function endOfSized(bytes: Buffer, at: number, sizeBytes: number): number {
  if (at + 1 + sizeBytes > bytes.length) return INCOMPLETE
  return at + 1 + sizeBytes + (sizeBytes === 1 ? bytes.readUInt8(at + 1) : bytes.readUInt32BE(at + 1))
}
