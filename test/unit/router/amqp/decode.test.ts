import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Decoder, decodeValue } from '../../../../router/amqp/decode.ts'
import { encodeValue } from '../../../../router/amqp/encode.ts'
import * as amqp from '../../../../router/amqp/value.ts'
import { thrownCode } from '../../../support/thrown-code.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const decodeHex = (hex: string) => decodeValue(bytes(hex))

/** A value to write, and what is read of it. */
interface Pair {
  given: unknown
  read: unknown
}
const same = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<Pair> =>
  arbitrary.map((value) => ({ given: value, read: value }))
const typed = <T>(make: (value: T) => unknown, arbitrary: fc.Arbitrary<T>, read: (value: T) => unknown = (v) => v) =>
  arbitrary.map((value): Pair => ({ given: make(value), read: read(value) }))
const exact = (value: bigint) =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
const opaque = (type: 'decimal32' | 'decimal64' | 'decimal128' | 'uuid', size: number) =>
  fc.uint8Array({ minLength: size, maxLength: size }).map((raw): Pair => {
    const value = new amqp.Typed(type, Buffer.from(raw))
    return { given: value, read: value }
  })
const text = fc.string({ unit: 'grapheme', maxLength: 300 })
const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 300 })

const scalar: fc.Arbitrary<Pair> = fc.oneof(
  same(fc.constantFrom(null, true, false)),
  same(fc.integer()),
  same(fc.maxSafeInteger()),
  same(fc.double({ noNaN: true }).filter((v) => !Number.isInteger(v))),
  same(text),
  same(fc.uint8Array({ maxLength: 300 }).map((raw) => Buffer.from(raw))),
  typed(amqp.symbol, ascii),
  typed(amqp.bool, fc.boolean()),
  typed(amqp.ubyte, fc.integer({ min: 0, max: 255 })),
  typed(amqp.ushort, fc.integer({ min: 0, max: 0xffff })),
  typed(amqp.uint, fc.integer({ min: 0, max: 0xffffffff })),
  typed(amqp.ulong, fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }), exact),
  typed(amqp.byte, fc.integer({ min: -128, max: 127 })),
  typed(amqp.short, fc.integer({ min: -0x8000, max: 0x7fff })),
  typed(amqp.int, fc.integer()),
  typed(amqp.long, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), exact),
  typed(amqp.float, fc.float({ noNaN: true })),
  typed(amqp.double, fc.double({ noNaN: true })),
  typed(amqp.char, fc.constantFrom(0x41, 0xe9, 0x1f600), (code) => String.fromCodePoint(code)),
  typed(amqp.timestamp, fc.maxSafeInteger()),
  opaque('decimal32', 4),
  opaque('decimal64', 8),
  opaque('decimal128', 16),
  opaque('uuid', 16),
  fc.array(ascii, { maxLength: 5 }).map((texts): Pair => ({ given: amqp.symbolArray(texts), read: texts })),
  fc
    .array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 5 })
    .map((items): Pair => ({ given: amqp.typedArray('uint', items), read: items })),
)

const { value: anyValue } = fc.letrec<{ value: Pair }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc
      .array(tie('value'), { maxLength: 4 })
      .map((items): Pair => ({ given: items.map((i) => i.given), read: items.map((i) => i.read) })),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map((entries): Pair => ({
      given: new Map(entries.map(([key, item]) => [key, item.given])),
      read: new Map(entries.map(([key, item]) => [key, item.read])),
    })),
    fc.tuple(fc.integer({ min: 0, max: 0xffff }), tie('value')).map(([descriptor, item]): Pair => ({
      given: amqp.described(descriptor, item.given),
      read: amqp.described(descriptor, item.read),
    })),
  ),
}))

describe('whatever is written', () => {
  test('is read as it was', () => {
    fc.assert(
      fc.property(anyValue, ({ given, read }) => {
        expect(decodeValue(encodeValue(given))).toEqual(read)
      }),
    )
  })

  test('is skipped exactly', () => {
    fc.assert(
      fc.property(anyValue, ({ given }) => {
        const decoder = new Decoder(Buffer.concat([encodeValue(given), encodeValue('next')]))
        decoder.skip()
        expect(decoder.value()).toBe('next')
        expect(decoder.done).toBe(true)
      }),
    )
  })

  test('is truncated, and never anything else, wherever it is cut', () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), ({ given }, place) => {
        const whole = encodeValue(given)
        const cut = whole.subarray(0, place % whole.length)
        expect(thrownCode(() => new Decoder(cut).value())).toBe('amqp/decode-truncated')
        expect(
          thrownCode(() => {
            new Decoder(cut).skip()
          }),
        ).toBe('amqp/decode-truncated')
      }),
    )
  })
})

describe('forms we never write', () => {
  test.each([
    ['list8', 'c003024041', [null, true]],
    ['map8', 'c10502a1016141', new Map([['a', true]])],
    ['array8 of booleans', 'e00402560100', [true, false]],
    ['array of nothing but their number', 'e0020341', [true, true, true]],
    ['boolean in a byte', '5601', true],
    ['str32', 'b10000000161', 'a'],
    ['sym32', 'b30000000161', 'a'],
    ['a described array', 'e0070200530152' + '0102', [amqp.described(1, 1), amqp.described(1, 2)]],
  ])('%s', (_name, hex, value) => {
    expect(decodeHex(hex)).toEqual(value)
  })
})

describe('wrong bytes are refused', () => {
  /** Lists of one item, each in the one before. */
  const deepLists =
    Array.from({ length: 40 }, (_, i) => `d0${(4 + (39 - i) * 9 + 1).toString(16).padStart(8, '0')}00000001`).join('') +
    '40'

  test.each([
    ['an unknown format code', '4f'],
    ['a list of more items than bytes', 'd000000005ffffffff40'],
    ['a list with bytes left over', 'c003014041'],
    ['a list that ends within an item', 'c0020171'],
    ['a list without count', 'c000'],
    ['a map with a key alone', 'c1020140'],
    ['an array of a million elements without width', 'f0000000050010000041'],
    ['a descriptor that is a list', '004540'],
    ['a character that is none', '7300110000'],
    ['lists nested without end', deepLists],
    ['descriptors of descriptors without end', '00'.repeat(100)],
    ['bytes after the value', '4040'],
  ])('%s', (_name, hex) => {
    expect(thrownCode(() => decodeHex(hex))).toBe('amqp/decode-error')
  })

  test('a length of 4 GB is not believed', () => {
    expect(thrownCode(() => decodeHex('b0ffffffff00'))).toBe('amqp/decode-truncated')
    expect(thrownCode(() => decodeHex('d0ffffffffffffffff'))).toBe('amqp/decode-truncated')
  })

  test('random bytes give a value or an error of ours, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => {
        const run = (read: (decoder: Decoder) => void) =>
          thrownCode(() => {
            read(new Decoder(Buffer.from(raw)))
          })
        const allowed = ['amqp/decode-error', 'amqp/decode-truncated', undefined]
        expect(allowed).toContain(run((decoder) => decoder.value()))
        expect(allowed).toContain(
          run((decoder) => {
            decoder.skip()
          }),
        )
      }),
      { numRuns: 2000 },
    )
  })
})

test('integers beyond what a number holds are bigints', () => {
  expect(decodeHex('80ffffffffffffffff')).toBe(0xffffffffffffffffn)
  expect(decodeHex('80001fffffffffffff')).toBe(Number.MAX_SAFE_INTEGER)
  expect(decodeHex('818000000000000000')).toBe(-(2n ** 63n))
})
