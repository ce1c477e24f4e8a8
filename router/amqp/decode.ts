import { SkupperError } from '../../core/model/error.ts'
import { Described, Typed } from './value.ts'

const MAX_DEPTH = 32
/** Elements of zero width cost a peer nothing, so arrays of them are bounded. */
const MAX_EMPTY_ELEMENTS = 1024

type Read = (bytes: Buffer, at: number) => unknown
interface FixedFormat {
  readonly width: number
  readonly read: Read
}

const slice =
  (type: Typed['type'], width: number): Read =>
  (bytes, at) =>
    new Typed(type, Buffer.from(bytes.subarray(at, at + width)))

const fixed = (width: number, read: Read): FixedFormat => ({ width, read })

/** Formats of fixed width by code (AMQP 1.0, part 1.6). */
const FIXED: Readonly<Record<number, FixedFormat | undefined>> = {
  0x40: fixed(0, () => null),
  0x41: fixed(0, () => true),
  0x42: fixed(0, () => false),
  0x43: fixed(0, () => 0),
  0x44: fixed(0, () => 0),
  0x45: fixed(0, () => []),
  0x50: fixed(1, (b, at) => b.readUInt8(at)),
  0x51: fixed(1, (b, at) => b.readInt8(at)),
  0x52: fixed(1, (b, at) => b.readUInt8(at)),
  0x53: fixed(1, (b, at) => b.readUInt8(at)),
  0x54: fixed(1, (b, at) => b.readInt8(at)),
  0x55: fixed(1, (b, at) => b.readInt8(at)),
  0x56: fixed(1, (b, at) => b.readUInt8(at) !== 0),
  0x60: fixed(2, (b, at) => b.readUInt16BE(at)),
  0x61: fixed(2, (b, at) => b.readInt16BE(at)),
  0x70: fixed(4, (b, at) => b.readUInt32BE(at)),
  0x71: fixed(4, (b, at) => b.readInt32BE(at)),
  0x72: fixed(4, (b, at) => b.readFloatBE(at)),
  0x73: fixed(4, (b, at) => character(b.readUInt32BE(at))),
  0x74: fixed(4, slice('decimal32', 4)),
  0x80: fixed(8, (b, at) => whole(b.readUInt32BE(at), b.readUInt32BE(at + 4)) ?? b.readBigUInt64BE(at)),
  0x81: fixed(8, (b, at) => whole(b.readInt32BE(at), b.readUInt32BE(at + 4)) ?? b.readBigInt64BE(at)),
  0x82: fixed(8, (b, at) => b.readDoubleBE(at)),
  0x83: fixed(8, (b, at) => whole(b.readInt32BE(at), b.readUInt32BE(at + 4)) ?? b.readBigInt64BE(at)),
  0x84: fixed(8, slice('decimal64', 8)),
  0x94: fixed(16, slice('decimal128', 16)),
  0x98: fixed(16, slice('uuid', 16)),
}

/** A number where it is exact, else undefined. */
function whole(high: number, low: number): number | undefined {
  const value = high * 0x1_0000_0000 + low
  return Number.isSafeInteger(value) ? value : undefined
}

function character(codePoint: number): string {
  if (codePoint > 0x10ffff) throw invalid(`there is no character ${String(codePoint)}`)
  return String.fromCodePoint(codePoint)
}

/**
 * Reads AMQP values one after another. Symbols and strings become strings, integers numbers (bigint where a number is
 * not exact), binary a Buffer (a view of the input), lists and arrays arrays, maps Maps; a uuid or decimal stays Typed.
 * No length or count of the input is believed before it is checked against what is there.
 */
export class Decoder {
  readonly #bytes: Buffer
  #end: number
  #at: number
  #depth = 0
  /** How many compound values the next one is in: what they hold too little of is not to come, but wrong. */
  #inside = 0

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#at = at
    this.#end = end
  }

  /** Where the next value starts. */
  get at(): number {
    return this.#at
  }

  get done(): boolean {
    return this.#at >= this.#end
  }

  /** The next value. @throws SkupperError `amqp/decode-error`, `amqp/decode-truncated` where the input ends too early. */
  value(): unknown {
    const code = this.#byte()
    return code === 0 ? this.#described() : this.#coded(code)
  }

  /** Passes over the next value without reading it. @throws as `value` does. */
  skip(): void {
    let code = this.#byte()
    for (let levels = 1; code === 0; levels++) {
      if (levels > MAX_DEPTH) throw tooDeep()
      this.#take(this.#bodySize(this.#byte()))
      code = this.#byte()
    }
    this.#take(this.#bodySize(code))
  }

  /** How many bytes follow a format code and its length. */
  #bodySize(code: number): number {
    const format = FIXED[code]
    if (format !== undefined) return format.width
    switch (code >> 4) {
      case 0xa:
      case 0xc:
      case 0xe:
        return this.#byte()
      case 0xb:
      case 0xd:
      case 0xf:
        return this.#uint32()
      default:
        throw invalid(`unknown format code 0x${code.toString(16)}`)
    }
  }

  #described(): Described {
    this.#enter()
    const descriptor = this.value()
    if (typeof descriptor !== 'number' && typeof descriptor !== 'bigint' && typeof descriptor !== 'string') {
      throw invalid('a descriptor is neither ulong nor symbol')
    }
    const value = this.value()
    this.#depth--
    return new Described(descriptor, value)
  }

  #coded(code: number): unknown {
    const format = FIXED[code]
    if (format !== undefined) return format.read(this.#bytes, this.#take(format.width))
    if (code >> 4 === 0xa || code >> 4 === 0xb) return this.#variable(code)
    return this.#compound(code)
  }

  #variable(code: number): string | Buffer {
    const size = this.#bodySize(code)
    const at = this.#take(size)
    switch (code & 0xf) {
      case 0x0:
        return this.#bytes.subarray(at, at + size)
      case 0x1:
        return this.#bytes.toString('utf8', at, at + size)
      case 0x3:
        return this.#bytes.toString('latin1', at, at + size)
      default:
        throw invalid(`unknown format code 0x${code.toString(16)}`)
    }
  }

  #compound(code: number): unknown {
    const size = this.#bodySize(code)
    const start = this.#take(size)
    const outerEnd = this.#end
    this.#at = start
    this.#end = start + size
    this.#inside++
    this.#enter()
    const count = (code & 0x10) === 0 ? this.#byte() : this.#uint32()
    const value = this.#elements(code, count)
    if (this.#at !== this.#end) throw invalid(`a compound value of ${String(size)} bytes has bytes left over`)
    this.#depth--
    this.#inside--
    this.#end = outerEnd
    return value
  }

  #elements(code: number, count: number): unknown {
    switch (code) {
      case 0xc0:
      case 0xd0:
        return this.#list(count)
      case 0xc1:
      case 0xd1:
        return this.#map(count)
      case 0xe0:
      case 0xf0:
        return this.#array(count)
      default:
        throw invalid(`unknown format code 0x${code.toString(16)}`)
    }
  }

  #list(count: number): unknown[] {
    this.#needs(count)
    const items: unknown[] = []
    for (let i = 0; i < count; i++) items.push(this.value())
    return items
  }

  #map(count: number): Map<unknown, unknown> {
    this.#needs(count)
    if (count % 2 !== 0) throw invalid(`a map has ${String(count)} items: a key without value`)
    const map = new Map<unknown, unknown>()
    for (let i = 0; i < count; i += 2) {
      const key = this.value()
      map.set(key, this.value())
    }
    return map
  }

  #array(count: number): unknown[] {
    let code = this.#byte()
    let descriptor: unknown
    if (code === 0) {
      descriptor = this.value()
      code = this.#byte()
    }
    if (FIXED[code]?.width !== 0) this.#needs(count)
    else if (count > MAX_EMPTY_ELEMENTS) throw invalid(`an array of ${String(count)} elements of no width`)
    const items: unknown[] = []
    for (let i = 0; i < count; i++) items.push(this.#coded(code))
    return descriptor === undefined ? items : items.map((item) => describedBy(descriptor, item))
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw tooDeep()
  }

  /** Each element takes a byte at least. */
  #needs(count: number): void {
    if (count > this.#end - this.#at) throw invalid(`${String(count)} elements in too few bytes`)
  }

  #byte(): number {
    return this.#bytes.readUInt8(this.#take(1))
  }

  #uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4))
  }

  /** Passes over `size` bytes and answers where they start. */
  #take(size: number): number {
    const at = this.#at
    if (size > this.#end - at) {
      const message = `a value needs ${String(size)} bytes, ${String(this.#end - at)} are there`
      throw new SkupperError(this.#inside > 0 ? 'amqp/decode-error' : 'amqp/decode-truncated', message)
    }
    this.#at = at + size
    return at
  }
}

function describedBy(descriptor: unknown, value: unknown): Described {
  if (typeof descriptor === 'number' || typeof descriptor === 'bigint' || typeof descriptor === 'string') {
    return new Described(descriptor, value)
  }
  throw invalid('a descriptor is neither ulong nor symbol')
}

/** Reads `bytes` as exactly one value. @throws SkupperError `amqp/decode-error`, `amqp/decode-truncated` */
export function decodeValue(bytes: Buffer): unknown {
  const decoder = new Decoder(bytes)
  const value = decoder.value()
  if (!decoder.done) throw invalid('bytes are left over after the value')
  return value
}

function tooDeep(): SkupperError {
  return invalid(`nested deeper than ${String(MAX_DEPTH)}`)
}

function invalid(message: string): SkupperError {
  return new SkupperError('amqp/decode-error', message)
}
