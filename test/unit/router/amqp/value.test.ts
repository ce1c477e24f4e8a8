import { describe, expect, test } from 'vitest'
import { decodeValue } from '../../../../router/amqp/decode.ts'
import { encodeValue } from '../../../../router/amqp/encode.ts'
import * as amqp from '../../../../router/amqp/value.ts'

const hex = (value: unknown) => encodeValue(value).toString('hex')

describe('a value written by the type that is said', () => {
  test.each([
    ['symbol', amqp.symbol('ab'), 'a3026162'],
    ['bool', amqp.bool(true), '41'],
    ['ubyte', amqp.ubyte(255), '50ff'],
    ['ushort', amqp.ushort(258), '600102'],
    ['uint of no bytes', amqp.uint(0), '43'],
    ['uint of one byte', amqp.uint(255), '52ff'],
    ['uint', amqp.uint(256), '7000000100'],
    ['ulong of no bytes', amqp.ulong(0), '44'],
    ['ulong of one byte', amqp.ulong(1), '5301'],
    ['ulong', amqp.ulong(0x534b50522d2d5241n), '80534b50522d2d5241'],
    ['byte', amqp.byte(-1), '51ff'],
    ['short', amqp.short(-2), '61fffe'],
    ['int of one byte', amqp.int(-128), '5480'],
    ['int', amqp.int(128), '7100000080'],
    ['long of one byte', amqp.long(127), '557f'],
    ['long', amqp.long(-129), '81ffffffffffffff7f'],
    ['float', amqp.float(1.5), '723fc00000'],
    ['double', amqp.double(1.5), '823ff8000000000000'],
    ['char', amqp.char(0x1f600), '730001f600'],
    ['timestamp', amqp.timestamp(1), '830000000000000001'],
    ['uuid', amqp.uuid(Buffer.alloc(16, 1)), `98${'01'.repeat(16)}`],
    ['described by number', amqp.described(0x24, []), '00532445'],
    ['described by symbol', amqp.described('x', null), '00a3017840'],
    ['array of symbols', amqp.symbolArray(['a']), 'f00000000a00000001b30000000161'],
    ['array of uints', amqp.typedArray('uint', [1, 2]), 'f00000000d00000002700000000100000002'],
  ])('%s', (_name, value, bytes) => {
    expect(hex(value)).toBe(bytes)
  })
})

test('symbols and strings read alike, and a uuid stays what it was', () => {
  expect(decodeValue(encodeValue(amqp.symbol('x')))).toBe('x')
  const id = amqp.uuid(Buffer.alloc(16, 7))
  expect(decodeValue(encodeValue(id))).toEqual(id)
})
