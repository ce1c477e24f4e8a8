import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeValue } from '../../../../router/amqp/encode.ts'
import { decodeMessage, encodeMessage } from '../../../../router/amqp/message.ts'
import type { Message } from '../../../../router/amqp/message.ts'
import * as amqp from '../../../../router/amqp/value.ts'
import { thrownCode } from '../../../support/thrown-code.ts'

const text = fc.string()
const id = fc.oneof(
  text,
  fc.nat(),
  fc.uint8Array({ maxLength: 8 }).map((raw) => Buffer.from(raw)),
)
const message: fc.Arbitrary<Message> = fc.record(
  {
    header: fc.record({ durable: fc.boolean(), priority: fc.nat({ max: 9 }) }),
    messageId: id,
    to: text,
    subject: text,
    replyTo: text,
    correlationId: id,
    contentType: fc.string({ unit: 'grapheme-ascii' }),
    applicationProperties: fc.dictionary(text, fc.oneof(text, fc.integer())).map((all) => new Map(Object.entries(all))),
    body: fc.oneof(
      text,
      fc.constant(null),
      fc.array(fc.integer()),
      fc.uint8Array().map((raw) => Buffer.from(raw)),
    ),
  },
  { requiredKeys: [] },
)

test('a message is read as it was written', () => {
  fc.assert(
    fc.property(message, (given) => {
      expect(decodeMessage(encodeMessage(given))).toEqual({ applicationProperties: new Map(), ...given })
    }),
  )
})

test('a message cut anywhere is a shorter message or an error of ours, and never read beyond its end', () => {
  fc.assert(
    fc.property(message, fc.nat(), (given, place) => {
      const whole = encodeMessage(given)
      const cut = whole.subarray(0, whole.length === 0 ? 0 : place % whole.length)
      expect(['amqp/decode-truncated', undefined]).toContain(thrownCode(() => decodeMessage(cut)))
    }),
  )
})

test('random bytes are a message or an error of ours', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (raw) => {
      const codes = ['amqp/decode-error', 'amqp/decode-truncated', undefined]
      expect(codes).toContain(thrownCode(() => decodeMessage(Buffer.from(raw))))
    }),
  )
})

const section = (descriptor: number | bigint, value: unknown) => encodeValue(amqp.described(descriptor, value))

test('router annotations, delivery and message annotations and a footer are passed over', () => {
  const bytes = Buffer.concat([
    section(0x534b50522d2d5241n, [amqp.uint(0), null, '0/RA', ['0/RA']]),
    section(0x70, [false, amqp.ubyte(7)]),
    section(0x71, new Map()),
    section(0x72, new Map([[amqp.symbol('x'), 1]])),
    section(0x73, [null, null, 'there']),
    section(0x77, 'body'),
    section(0x78, new Map()),
  ])
  expect(decodeMessage(bytes)).toEqual({
    applicationProperties: new Map(),
    header: { durable: false, priority: 7 },
    to: 'there',
    body: 'body',
  })
})

describe('bodies of other kinds', () => {
  test('data sections are one buffer', () => {
    const bytes = Buffer.concat([section(0x75, Buffer.from('ab')), section(0x75, Buffer.from('c'))])
    expect(decodeMessage(bytes).body).toEqual(Buffer.from('abc'))
    expect(decodeMessage(section(0x75, Buffer.from('ab'))).body).toEqual(Buffer.from('ab'))
  })

  test('sequences are one array', () => {
    const bytes = Buffer.concat([section(0x76, [1, 2]), section(0x76, [3])])
    expect(decodeMessage(bytes).body).toEqual([1, 2, 3])
  })

  test('none is none, and null is null', () => {
    expect(decodeMessage(encodeMessage({}))).not.toHaveProperty('body')
    expect(decodeMessage(encodeMessage({ body: null })).body).toBeNull()
  })
})

test('a uuid as id comes back with its type', () => {
  const messageId = amqp.uuid(Buffer.alloc(16, 3))
  expect(decodeMessage(encodeMessage({ messageId }))).toMatchObject({ messageId })
})

describe('what is no message', () => {
  test.each([
    ['a section that is not described', encodeValue('x')],
    ['properties that are no list', section(0x73, 'x')],
    ['an address that is no text', section(0x73, [null, null, 5])],
    ['application properties that are no map', section(0x74, [])],
    ['data that is not binary', section(0x75, 'x')],
    ['a sequence that is no list', section(0x76, 'x')],
  ])('%s', (_name, bytes) => {
    expect(thrownCode(() => decodeMessage(bytes))).toBe('amqp/decode-error')
  })
})
