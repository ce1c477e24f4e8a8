import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMessage, encodeMessage } from '../../../../router/amqp/message.ts'
import { attributeTable, recordTypes } from '../../../../router/telemetry/attributes.ts'
import type { AttributeName, RecordType } from '../../../../router/telemetry/attributes.ts'
import { decodeRecords, encodeRecords } from '../../../../router/telemetry/record-codec.ts'
import type { RecordUpdate } from '../../../../router/telemetry/record-codec.ts'

const overTheWire = (body: unknown): unknown => decodeMessage(encodeMessage({ body })).body

const attribute = fc
  .constantFrom(...(Object.keys(attributeTable) as AttributeName[]))
  .chain((name) =>
    fc.tuple(
      fc.constant(name),
      attributeTable[name][1] === 'text' ? fc.string() : fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    ),
  )

const update = fc.record({
  type: fc.constantFrom(...(Object.keys(recordTypes) as RecordType[])),
  identity: fc.string({ minLength: 1 }),
  attributes: fc.array(attribute).map((entries) => Object.fromEntries(entries)),
})

test('what is encoded comes back over the wire', () => {
  fc.assert(
    fc.property(fc.array(update, { maxLength: 20 }), (updates: RecordUpdate[]) => {
      expect(decodeRecords(overTheWire(encodeRecords(updates)))).toEqual(updates)
    }),
  )
})

test('a record as skupper-router sends it is read', () => {
  const link = new Map<number, unknown>([
    [0, 2],
    [1, 'j8DzG:1'],
    [2, 'j8DzG:0'],
    [3, 1795421018378915],
    [6, 'tqhRg:1'],
    [16, 'amqp'],
    [30, 'to-a'],
    [33, 1],
    [53, 'up'],
  ])
  expect(decodeRecords([link])).toEqual([
    {
      type: 'LINK',
      identity: 'j8DzG:1',
      attributes: {
        parent: 'j8DzG:0',
        startTime: 1795421018378915,
        peer: 'tqhRg:1',
        protocol: 'amqp',
        name: 'to-a',
        linkCost: 1,
        operStatus: 'up',
      },
    },
  ])
})

test('what a newer router may add is left out', () => {
  const newType = new Map<number, unknown>([
    [0, 99],
    [1, 'a:1'],
  ])
  const newAttribute = new Map<number, unknown>([
    [0, 1],
    [1, 'a:0'],
    [30, 'name'],
    [13, 7],
    [500, 'x'],
  ])
  expect(decodeRecords([newType, newAttribute])).toEqual([
    { type: 'ROUTER', identity: 'a:0', attributes: { name: 'name' } },
  ])
})

test.each([
  ['no list', new Map()],
  ['nothing', undefined],
  ['a list of something else', ['record']],
  ['a record without identity', [new Map([[0, 1]])]],
  ['a record without type', [new Map([[1, 'a:0']])]],
  ['an identity of the wrong kind', [new Map([[1, 7]])]],
  ['more records than anybody sends', Array.from({ length: 10_001 }, () => new Map())],
])('%s is refused', (_title, body) => {
  expect(() => decodeRecords(body)).toThrow(expect.objectContaining({ code: 'telemetry/malformed-record' }) as Error)
})

test('random bodies are either read or refused by code', () => {
  fc.assert(
    fc.property(fc.anything({ withMap: true }), (body) => {
      try {
        decodeRecords(body)
      } catch (error) {
        expect(error).toMatchObject({ code: 'telemetry/malformed-record' })
      }
    }),
  )
})
