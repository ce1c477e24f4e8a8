import { expect, test } from 'vitest'
import { readTerminus, terminusValue } from '../../../../router/amqp/terminus.ts'
import type { Terminus } from '../../../../router/amqp/terminus.ts'
import { decodeValue } from '../../../../router/amqp/decode.ts'
import { encodeValue } from '../../../../router/amqp/encode.ts'
import { described } from '../../../../router/amqp/value.ts'

const full: Terminus = {
  address: 'x',
  dynamic: false,
  capabilities: ['qd.router-data'],
  durable: 0,
  expiryPolicy: 'link-detach',
  timeout: 0,
}

test.each(['source', 'target'] as const)('a %s is read as it was written', (kind) => {
  expect(readTerminus(decodeValue(encodeValue(terminusValue(kind, full))))).toEqual(full)
  expect(terminusValue(kind, undefined)).toBeUndefined()
})

test('a terminus without anything is one, null and a coordinator are none', () => {
  expect(readTerminus(decodeValue(Buffer.from('00532845', 'hex')))).toEqual({})
  expect(readTerminus(null)).toBeUndefined()
  expect(readTerminus(described(0x30, []))).toBeUndefined()
})
