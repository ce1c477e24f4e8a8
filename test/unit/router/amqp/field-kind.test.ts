import { expect, test } from 'vitest'
import { decodeValue } from '../../../../router/amqp/decode.ts'
import { encodeValue } from '../../../../router/amqp/encode.ts'
import { FIELD_KINDS } from '../../../../router/amqp/field-kind.ts'

test('one symbol stands for an array of one', () => {
  expect(FIELD_KINDS.symbols.read('a')).toEqual(['a'])
  expect(FIELD_KINDS.symbols.read(['a', 'b'])).toEqual(['a', 'b'])
})

test('a size beyond what a number holds is as good as the largest', () => {
  expect(FIELD_KINDS.ulong.read(0xffffffffffffffffn)).toBe(Number.MAX_SAFE_INTEGER)
  expect(FIELD_KINDS.ulong.read(-5n)).toBeUndefined()
})

test('keys of a map are written as symbols', () => {
  const bytes = encodeValue(FIELD_KINDS.map.wire(new Map([['a', 1]])))
  expect(bytes.toString('hex')).toContain('a30161')
  expect(decodeValue(bytes)).toEqual(new Map([['a', 1]]))
})
