import { expect, it, test } from 'vitest'
import { encodeValue } from '../../../../router/amqp/encode.ts'
import { symbol } from '../../../../router/amqp/value.ts'
import { alpnIn, streamProperties } from '../../../../router/service/alpn.ts'

it.each(['http/1.1', 'h2'])('%s goes from the side of the client to that of the target', (protocol) => {
  expect(alpnIn(encodeValue(streamProperties(protocol)))).toBe(protocol)
})

test('without one nothing is said', () => {
  expect([...streamProperties(undefined).keys()]).toEqual(['V'])
  expect(alpnIn(encodeValue(streamProperties(undefined)))).toBeUndefined()
})

it.each([
  undefined,
  Buffer.alloc(0),
  Buffer.from([0xd1, 0xff]),
  encodeValue('h2'),
  encodeValue(new Map([['alpn', 'spdy/3']])),
  encodeValue(new Map([['alpn', symbol('')]])),
])('what is no protocol of HTTP is not taken for one', (encoded) => {
  expect(alpnIn(encoded)).toBeUndefined()
})
