import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Encoder } from '../../../../../router/amqp/encode.ts'
import { SkupperError } from '../../../../../core/model/error.ts'
import { INCOMPLETE, endOf, itemsAt, nextItem, textAt, unsignedAt } from '../../../../../router/mesh/control/encoded.ts'
import { codeOf } from '../../../../support/code-of.ts'

function encoded(value: unknown): Buffer {
  const encoder = new Encoder()
  encoder.value(value)
  return encoder.bytes()
}

const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ maxLength: 300 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.double({ noNaN: true }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 5 }),
  ),
})).value

describe('endOf', () => {
  test('finds the end of any value, also behind other bytes', () => {
    fc.assert(
      fc.property(value, fc.nat(20), (any, before) => {
        const bytes = encoded(any)
        const padded = Buffer.concat([Buffer.alloc(before), bytes, Buffer.from('more')])
        expect(endOf(padded, before)).toBe(before + bytes.length)
      }),
    )
  })

  test('says that cut bytes are incomplete', () => {
    fc.assert(
      fc.property(value, fc.nat(), (any, cut) => {
        const bytes = encoded(any)
        expect(endOf(bytes.subarray(0, cut % bytes.length), 0)).toBe(INCOMPLETE)
      }),
    )
  })

  test('skips a described value', () => {
    expect(endOf(Buffer.from([0x00, 0x53, 0x24, 0x45]), 0)).toBe(4)
    expect(endOf(Buffer.from([0x00, 0x53, 0x24]), 0)).toBe(INCOMPLETE)
  })

  test('refuses a constructor of no known width, and descriptors without end', () => {
    expect(codeOf(() => endOf(Buffer.from([0x3f]), 0))).toBe('mesh/malformed-message')
    const nested = Buffer.concat(Array.from({ length: 5 }, () => Buffer.from([0x00, 0x53, 0x01])))
    expect(codeOf(() => endOf(nested, 0))).toBe('mesh/malformed-message')
  })

  test('answers or throws its own error on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (random) => {
        try {
          expect(endOf(Buffer.from(random), 0)).toBeLessThanOrEqual(random.length)
        } catch (error) {
          expect(error).toBeInstanceOf(SkupperError)
        }
      }),
    )
  })
})

describe('textAt', () => {
  test('reads strings and symbols, short and long, and nothing else', () => {
    const long = 'ä'.repeat(200)
    expect(textAt(encoded('abc'), 0)).toBe('abc')
    expect(textAt(encoded(long), 0)).toBe(long)
    expect(textAt(Buffer.from('\xa3\x02ok', 'latin1'), 0)).toBe('ok')
    expect(textAt(Buffer.from('\xb3\x00\x00\x00\x02ok', 'latin1'), 0)).toBe('ok')
    expect(textAt(encoded(null), 0)).toBeUndefined()
    expect(textAt(encoded(7), 0)).toBeUndefined()
  })
})

describe('unsignedAt', () => {
  test.each([
    [[0x43], 0],
    [[0x50, 4], 4],
    [[0x52, 200], 200],
    [[0x60, 1, 0], 256],
    [[0x70, 0, 1, 0, 0], 65_536],
    [[0x40], undefined],
    [[0xa1, 0], undefined],
  ])('%j is %s', (bytes, expected) => {
    expect(unsignedAt(Buffer.from(bytes), 0)).toBe(expected)
  })
})

describe('lists', () => {
  test('in each encoding give their items in place', () => {
    for (const bytes of [[0x45], [0xc0, 0x03, 0x02, 0x43, 0x40], [0xd0, 0, 0, 0, 6, 0, 0, 0, 2, 0x43, 0x40]]) {
      const list = Buffer.from(bytes)
      const items = itemsAt(list, 0)
      expect(items?.end).toBe(list.length)
      let at = items?.first ?? 0
      for (let i = 0; i < (items?.count ?? 0); i++) at = nextItem(list, at, list.length)
      expect(at).toBe(list.length)
    }
  })

  test('a string is no list, and a list without room for its count is malformed', () => {
    expect(itemsAt(encoded('abc'), 0)).toBeUndefined()
    expect(codeOf(() => itemsAt(Buffer.from([0xc0, 0, 0]), 0))).toBe('mesh/malformed-message')
    expect(codeOf(() => itemsAt(Buffer.from([0xd0, 0, 0, 0, 3, 0, 0, 0]), 0))).toBe('mesh/malformed-message')
  })

  test('an item that runs over the end of its list is malformed', () => {
    const list = Buffer.from([0xc0, 0x02, 0x01, 0xa1, 0x05, 0x61, 0x61, 0x61, 0x61, 0x61])
    expect(codeOf(() => nextItem(list, 3, 4))).toBe('mesh/malformed-message')
  })
})
