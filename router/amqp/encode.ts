import { messageOf, SkupperError } from '../../core/model/error.ts'
import { Described, Typed, TypedArray } from './value.ts'

const FIRST_CAPACITY_BYTES = 512
const MAX_DEPTH = 32

/** How a value of fixed width is written: its widest format code, its width in bytes, and the bytes themselves. */
interface Fixed {
  readonly code: number
  readonly width: number
  put(into: Buffer, at: number, value: never): void
}

/** A type whose value is its bytes. */
const opaque = (code: number, width: number): Fixed => ({
  code,
  width,
  put: (into, at, value: Buffer) => {
    if (value.length !== width) throw new RangeError(`${String(value.length)} bytes, not ${String(width)}`)
    value.copy(into, at)
  },
})

const FIXED: Readonly<Record<Typed['type'], Fixed | undefined>> = {
  bool: { code: 0x56, width: 1, put: (b, at, v: boolean) => b.writeUInt8(v ? 1 : 0, at) },
  ubyte: { code: 0x50, width: 1, put: (b, at, v: number) => b.writeUInt8(v, at) },
  ushort: { code: 0x60, width: 2, put: (b, at, v: number) => b.writeUInt16BE(v, at) },
  uint: { code: 0x70, width: 4, put: (b, at, v: number) => b.writeUInt32BE(v, at) },
  ulong: { code: 0x80, width: 8, put: (b, at, v: number | bigint) => b.writeBigUInt64BE(BigInt(v), at) },
  byte: { code: 0x51, width: 1, put: (b, at, v: number) => b.writeInt8(v, at) },
  short: { code: 0x61, width: 2, put: (b, at, v: number) => b.writeInt16BE(v, at) },
  int: { code: 0x71, width: 4, put: (b, at, v: number) => b.writeInt32BE(v, at) },
  long: { code: 0x81, width: 8, put: (b, at, v: number | bigint) => b.writeBigInt64BE(BigInt(v), at) },
  float: { code: 0x72, width: 4, put: (b, at, v: number) => b.writeFloatBE(v, at) },
  double: { code: 0x82, width: 8, put: (b, at, v: number) => b.writeDoubleBE(v, at) },
  decimal32: opaque(0x74, 4),
  decimal64: opaque(0x84, 8),
  decimal128: opaque(0x94, 16),
  char: { code: 0x73, width: 4, put: (b, at, v: number) => b.writeUInt32BE(v, at) },
  timestamp: { code: 0x83, width: 8, put: (b, at, v: number | bigint) => b.writeBigInt64BE(BigInt(v), at) },
  uuid: opaque(0x98, 16),
  symbol: undefined,
}

/** The one-byte forms of whole numbers, and the form without any byte for zero. */
interface Compact {
  readonly code: number
  readonly from: number
  readonly to: number
  readonly zero?: number
}

const COMPACT: Readonly<Partial<Record<Typed['type'], Compact>>> = {
  uint: { code: 0x52, from: 0, to: 255, zero: 0x43 },
  ulong: { code: 0x53, from: 0, to: 255, zero: 0x44 },
  int: { code: 0x54, from: -128, to: 127 },
  long: { code: 0x55, from: -128, to: 127 },
}

/** Format codes of the variable-width types: with a length of one byte, and of four. */
const VARIABLE = { string: [0xa1, 0xb1], symbol: [0xa3, 0xb3], binary: [0xa0, 0xb0] } as const

/** Writes AMQP values one after another into a buffer that grows. */
export class Encoder {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY_BYTES)
  #length = 0
  #depth = 0

  get length(): number {
    return this.#length
  }

  /** Starts again; what `bytes` answered before is overwritten. */
  reset(): void {
    this.#length = 0
    this.#depth = 0
  }

  /** What was written: a view, valid until the next write. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /**
   * A value as its JavaScript type says: a number is an int if it fits, else a long, or a double if it has a fraction;
   * a Buffer is binary, an array a list, a Map or plain object a map, undefined is null.
   *
   * @throws SkupperError `amqp/not-encodable`
   */
  value(value: unknown): void {
    try {
      this.#any(value)
    } catch (cause) {
      if (cause instanceof SkupperError) throw cause
      throw notEncodable(value, messageOf(cause), cause)
    }
  }

  /** A format code or another single byte. */
  byte(value: number): void {
    const at = this.#room(1) // First: it may put another buffer into #bytes.
    this.#bytes[at] = value
  }

  uint32(value: number): void {
    const at = this.#room(4)
    this.#bytes.writeUInt32BE(value, at)
  }

  /** Overwrites four bytes written before, such as a length that was not known yet. */
  patch(at: number, value: number): void {
    this.#bytes.writeUInt32BE(value, at)
  }

  #any(value: unknown): void {
    switch (typeof value) {
      case 'function':
      case 'symbol':
        throw notEncodable(value, `a ${typeof value} has no AMQP type`)
      case 'string':
        this.#variable('string', value)
        return
      case 'number':
        this.#number(value)
        return
      case 'boolean':
        this.byte(value ? 0x41 : 0x42)
        return
      case 'bigint':
        this.#typed(new Typed('long', value))
        return
      case 'undefined':
        this.byte(0x40)
        return
      case 'object':
        this.#object(value)
        return
    }
  }

  #object(value: object | null): void {
    if (value === null) this.byte(0x40)
    else if (value instanceof Typed) this.#typed(value)
    else if (Buffer.isBuffer(value)) this.#variable('binary', value)
    else this.#nested(value)
  }

  #nested(value: object): void {
    if (++this.#depth > MAX_DEPTH) throw notEncodable(value, `nested deeper than ${String(MAX_DEPTH)}`)
    if (value instanceof Described) this.#described(value)
    else if (value instanceof TypedArray) this.#array(value)
    else if (Array.isArray(value)) this.#compound(0xd0, value)
    else if (value instanceof Map) this.#compound(0xd1, [...value].flat(1))
    else this.#compound(0xd1, Object.entries(value).flat(1))
    this.#depth--
  }

  #number(value: number): void {
    if (!Number.isInteger(value)) this.#typed(new Typed('double', value))
    else if (value >= -0x80000000 && value <= 0x7fffffff) this.#typed(new Typed('int', value))
    else this.#typed(new Typed(Number.isSafeInteger(value) ? 'long' : 'double', value))
  }

  #typed(typed: Typed): void {
    const { type, value } = typed
    if (type === 'symbol') this.#variable('symbol', String(value))
    else if (!this.#compact(type, value)) this.#fixed(fixedOf(type), value)
  }

  /** The short forms of common small values. */
  #compact(type: Typed['type'], value: unknown): boolean {
    if (type === 'bool') {
      this.byte(value === true ? 0x41 : 0x42)
      return true
    }
    const form = COMPACT[type]
    if (form === undefined || !isWhole(value, form.from, form.to)) return false
    if (value === 0 && form.zero !== undefined) {
      this.byte(form.zero)
    } else {
      this.byte(form.code)
      this.byte(value & 0xff)
    }
    return true
  }

  #fixed(fixed: Fixed, value: unknown): void {
    this.byte(fixed.code)
    this.#fixedBody(fixed, value)
  }

  #fixedBody(fixed: Fixed, value: unknown): void {
    const at = this.#room(fixed.width)
    fixed.put(this.#bytes, at, value as never)
  }

  #variable(type: keyof typeof VARIABLE, value: string | Buffer): void {
    const size = sizeOf(type, value)
    if (size < 256) {
      this.byte(VARIABLE[type][0])
      this.byte(size)
    } else {
      this.byte(VARIABLE[type][1])
      this.uint32(size)
    }
    this.#text(type, value, size)
  }

  #text(type: keyof typeof VARIABLE, value: string | Buffer, size: number): void {
    const at = this.#room(size)
    if (typeof value !== 'string') value.copy(this.#bytes, at)
    else this.#bytes.write(value, at, type === 'symbol' ? 'latin1' : 'utf8')
  }

  #described({ descriptor, value }: Described): void {
    this.byte(0x00)
    this.#typed(new Typed(typeof descriptor === 'string' ? 'symbol' : 'ulong', descriptor))
    this.#any(value)
  }

  /** A list or map. An empty list is one byte. */
  #compound(code: 0xd0 | 0xd1, items: readonly unknown[]): void {
    if (code === 0xd0 && items.length === 0) {
      this.byte(0x45)
      return
    }
    this.byte(code)
    const at = this.#room(4)
    this.uint32(items.length)
    for (const item of items) this.#any(item)
    this.patch(at, this.#length - at - 4)
  }

  #array({ type, items }: TypedArray): void {
    this.byte(0xf0)
    const at = this.#room(4)
    this.uint32(items.length)
    if (type === 'string' || type === 'binary' || type === 'symbol') {
      this.byte(VARIABLE[type][1])
      for (const item of items) this.#arrayText(type, item)
    } else {
      const fixed = fixedOf(type)
      this.byte(fixed.code)
      for (const item of items) this.#fixedBody(fixed, item)
    }
    this.patch(at, this.#length - at - 4)
  }

  #arrayText(type: keyof typeof VARIABLE, item: unknown): void {
    const value = Buffer.isBuffer(item) ? item : String(item)
    const size = sizeOf(type, value)
    this.uint32(size)
    this.#text(type, value, size)
  }

  /** Makes room for `count` bytes and answers where they start. */
  #room(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, at)
      this.#bytes = larger
    }
    return at
  }
}

/** The bytes of one value. @throws SkupperError `amqp/not-encodable` */
export function encodeValue(value: unknown): Buffer {
  const encoder = new Encoder()
  encoder.value(value)
  return encoder.bytes()
}

function sizeOf(type: keyof typeof VARIABLE, value: string | Buffer): number {
  if (typeof value !== 'string') return value.length
  return type === 'symbol' ? value.length : Buffer.byteLength(value)
}

function isWhole(value: unknown, from: number, to: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to
}

function fixedOf(type: Exclude<TypedArray['type'], 'string' | 'binary'>): Fixed {
  const fixed = FIXED[type]
  if (fixed === undefined) throw notEncodable(type, 'not a type of fixed width')
  return fixed
}

function notEncodable(given: unknown, why: string, cause?: unknown): SkupperError {
  return new SkupperError('amqp/not-encodable', `cannot write the value as AMQP: ${why}`, { given, cause })
}
