import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asComposite, asOneOf, composite, COMPOSITES, encodeComposite } from '../../../../router/amqp/composite.ts'
import type { CompositeName, Fields } from '../../../../router/amqp/composite.ts'
import { decodeValue } from '../../../../router/amqp/decode.ts'
import { Encoder } from '../../../../router/amqp/encode.ts'
import type { Kind } from '../../../../router/amqp/field-kind.ts'
import { described } from '../../../../router/amqp/value.ts'
import { thrownCode } from '../../../support/thrown-code.ts'

function encoded<N extends CompositeName>(name: N, fields: Fields<N>): Buffer {
  const encoder = new Encoder()
  encodeComposite(encoder, name, fields)
  return encoder.bytes()
}

const kinds: Record<Kind, fc.Arbitrary<unknown>> = {
  string: fc.string(),
  symbol: fc.string({ unit: 'grapheme-ascii' }),
  symbols: fc.array(fc.string({ unit: 'grapheme-ascii' }), { minLength: 1, maxLength: 3 }),
  uint: fc.nat({ max: 0xffffffff }),
  ushort: fc.nat({ max: 0xffff }),
  ubyte: fc.nat({ max: 0xff }),
  ulong: fc.maxSafeNat(),
  bool: fc.boolean(),
  binary: fc.uint8Array({ maxLength: 20 }).map((raw) => Buffer.from(raw)),
  map: fc
    .dictionary(fc.string({ unit: 'grapheme-ascii' }), fc.string())
    .map((entries) => new Map(Object.entries(entries))),
  any: fc.oneof(fc.string(), fc.nat({ max: 1000 }), fc.boolean()),
}

const anyComposite = fc.constantFrom(...(Object.keys(COMPOSITES) as CompositeName[])).chain((name) => {
  const model: Record<string, fc.Arbitrary<unknown>> = {}
  for (const [field, kind, required] of COMPOSITES[name].fields as readonly (readonly [string, Kind, string?])[]) {
    model[field] = required === undefined ? fc.option(kinds[kind], { nil: undefined }) : kinds[kind]
  }
  return fc.record({ name: fc.constant(name), fields: fc.record(model) })
})

test('every composite is read as it was written', () => {
  fc.assert(
    fc.property(anyComposite, ({ name, fields }) => {
      const value = asComposite(decodeValue(encoded(name, fields as Fields<typeof name>)))
      expect(value?.name).toBe(name)
      const given = Object.fromEntries(Object.entries(fields).filter(([, item]) => item !== undefined))
      expect(value?.fields).toEqual(given)
    }),
  )
})

test('the bytes of a real begin', () => {
  const bytes = encoded('begin', { nextOutgoingId: 0, incomingWindow: 8192, outgoingWindow: 0x7fffffff })
  expect(bytes.toString('hex')).toBe('005311d000000010000000044043700000200070 7fffffff'.replace(' ', ''))
})

test('a composite is a field of another', () => {
  const bytes = encoded('rejected', { error: composite('error', { condition: 'amqp:not-found' }) })
  const rejected = asOneOf(decodeValue(bytes), ['rejected'])
  expect(asOneOf(rejected?.fields.error, ['error'])?.fields).toEqual({ condition: 'amqp:not-found' })
})

describe('what is not as it should be', () => {
  test.each([
    ['a required field is missing', described(0x10, [])],
    ['a required field is null', described(0x10, [null])],
    ['a field has another type', described(0x10, [5])],
    ['a number is too large', described(0x11, [0x10000, 0, 0, 0])],
    ['a number is negative', described(0x11, [null, -1, 0, 0])],
    ['a map has keys that are no texts', described(0x10, ['x', ...Array<null>(8).fill(null), new Map([[1, 1]])])],
    ['an array of symbols has a number in it', described(0x40, [['a', 1]])],
  ])('%s', (_name, value) => {
    expect(thrownCode(() => asComposite(value))).toBe('amqp/decode-error')
  })

  test('values of other types are none', () => {
    for (const value of [null, 5, [], described(0x99, []), described(0x10, 'x'), described('amqp:open:list', [])]) {
      expect(asComposite(value)).toBeUndefined()
    }
    expect(asOneOf(described(0x24, []), ['released'])).toBeUndefined()
  })
})

test('fields beyond those we know are left aside', () => {
  expect(asComposite(described(0x17, [null, 'more']))).toEqual({ name: 'end', fields: {} })
})
