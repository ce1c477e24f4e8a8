import { describe, expect, test } from 'vitest'
import { decodeValue } from '../../../../router/amqp/decode.ts'
import { Encoder, encodeValue } from '../../../../router/amqp/encode.ts'
import * as amqp from '../../../../router/amqp/value.ts'
import { thrownCode } from '../../../support/thrown-code.ts'

const hex = (value: unknown) => encodeValue(value).toString('hex')
describe('a value written as its JavaScript type says', () => {
  test.each([
    ['null', null, '40'],
    ['undefined', undefined, '40'],
    ['true', true, '41'],
    ['false', false, '42'],
    ['a small number', 5, '5405'],
    ['a number of 31 bits', 0x7fffffff, '717fffffff'],
    ['a larger number', 0x80000000, '810000000080000000'],
    ['a fraction', 0.5, '823fe0000000000000'],
    ['a bigint', 1n, '810000000000000001'],
    ['a string', 'é', 'a102c3a9'],
    ['bytes', Buffer.from([1]), 'a00101'],
    ['an empty list', [], '45'],
    ['a list', [null], 'd0000000050000000140'],
    ['an object', { a: true }, 'd10000000800000002a1016141'],
    ['a Map', new Map([[amqp.symbol('a'), true]]), 'd10000000800000002a3016141'],
  ])('%s', (_name, value, bytes) => {
    expect(hex(value)).toBe(bytes)
  })

  test('long strings and bytes have lengths of four bytes', () => {
    expect(hex('x'.repeat(256)).slice(0, 10)).toBe('b100000100')
    expect(hex(Buffer.alloc(256)).slice(0, 10)).toBe('b000000100')
  })
})

describe('what has no AMQP form is refused', () => {
  const deep: unknown[] = []
  deep.push(deep)
  test.each([
    ['a function', () => 1],
    ['a JavaScript symbol', Symbol('x')],
    ['an endless list', deep],
    ['a ubyte of 256', amqp.ubyte(256)],
    ['a negative ulong', amqp.ulong(-1)],
    ['a ulong with a fraction', amqp.ulong(1.5)],
    ['a uuid of 3 bytes', amqp.uuid(Buffer.alloc(3))],
  ])('%s', (_name, value) => {
    expect(thrownCode(() => encodeValue(value))).toBe('amqp/not-encodable')
  })

  test('an encoder is as new after reset', () => {
    const encoder = new Encoder()
    expect(
      thrownCode(() => {
        encoder.value([1, Symbol('x')])
      }),
    ).toBe('amqp/not-encodable')
    encoder.reset()
    encoder.value('ok')
    expect(encoder.bytes().toString('hex')).toBe('a1026f6b')
  })
})

test('no byte is lost where it grows, wherever that is', () => {
  for (let before = 480; before < 530; before++) {
    const value = ['x'.repeat(before), 5, true, null, 'y', 700, [null]]
    expect(decodeValue(encodeValue(value))).toEqual(value)
  }
  const bytes = Array.from({ length: 5000 }, (_, i) => i % 100)
  expect(decodeValue(encodeValue(bytes))).toEqual(bytes)
})

test('it grows with what is written', () => {
  const encoder = new Encoder()
  for (let i = 0; i < 100; i++) encoder.value('x'.repeat(100))
  expect(encoder.length).toBe(100 * 102)
  expect(encoder.bytes().subarray(-102)).toEqual(encodeValue('x'.repeat(100)))
})
