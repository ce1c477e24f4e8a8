import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SkupperError } from '../../../../../core/model/error.ts'
import { encodeMessage } from '../../../../../router/amqp/message.ts'
import { long, symbol } from '../../../../../router/amqp/value.ts'
import {
  MAX_CONTROL_BYTES,
  decodeControl,
  encodeControl,
  isSynchronised,
} from '../../../../../router/mesh/control/control-message.ts'
import type { ControlMessage } from '../../../../../router/mesh/control/control-message.ts'
import { parseHead } from '../../../../../router/mesh/message-head.ts'
import { codeOf } from '../../../../support/code-of.ts'
import { CAPTURED } from '../../../../support/captured-control.ts'
import { typesAt } from '../../../../support/encoded-types.ts'

const id = fc.stringMatching(/^[a-z0-9-]{1,40}$/)
const seq = fc.nat(2 ** 48)
const key = fc.string({ maxLength: 100 }).map((text) => `M${text}`)
const address = fc.record({ key, treatment: fc.nat(4), inLinks: fc.nat(1_000) })
const control: fc.Arbitrary<ControlMessage> = fc.oneof(
  fc.record({ opcode: fc.constant('HELLO'), id, instance: seq, seen: fc.array(id, { maxLength: 10 }) }),
  fc.record({ opcode: fc.constant('RA'), id, instance: seq, linkSeq: seq, mobileSeq: seq }),
  fc.record({ opcode: fc.constant('LSR'), id }),
  fc.record({
    opcode: fc.constant('LSU'),
    id,
    instance: seq,
    linkSeq: seq,
    peers: fc.dictionary(id, fc.integer({ min: 1, max: 1_000 })).map((peers) => new Map(Object.entries(peers))),
  }),
  fc.record({ opcode: fc.constant('MAR'), id, haveSeq: seq }),
  fc.record({ opcode: fc.constant('MAU'), id, mobileSeq: seq, exist: fc.array(address, { maxLength: 10 }) }),
  fc.record({
    opcode: fc.constant('MAU'),
    id,
    mobileSeq: seq,
    add: fc.array(address, { maxLength: 5 }),
    del: fc.array(key, { maxLength: 5 }),
  }),
)

function controlWith(opcode: string, body: unknown): Buffer {
  return encodeMessage({ to: 'x', applicationProperties: { opcode }, body })
}

describe('round trip', () => {
  test('what is encoded is decoded alike', () => {
    fc.assert(
      fc.property(control, (message) => {
        expect(decodeControl(encodeControl(message))).toEqual(message)
      }),
    )
  })
})

describe('beside the captured messages of real routers', () => {
  test.each(Object.entries(CAPTURED))('%s is decoded', (_name, { bytes, message }) => {
    expect(decodeControl(bytes)).toEqual(message)
  })

  test.each(Object.entries(CAPTURED))('%s is encoded to values of the same types', (_name, captured) => {
    const { bytes, message, target } = captured
    const ours = encodeControl(message, target)
    expect(parseHead(ours, 'whole')).toMatchObject({
      to: parseHead(bytes, 'whole').to,
      annotations: parseHead(bytes, 'whole').annotations,
    })
    expect(typesOf(ours, 0x74)).toBe(typesOf(bytes, 0x74))
    expect(typesOf(ours, 0x77)).toBe(typesOf(bytes, 0x77))
  })

  test('a change of addresses has both lists, and keys alone in that of the deleted', () => {
    const bytes = encodeControl({ opcode: 'MAU', id: 'RA', mobileSeq: 2, del: ['Mecho'] })
    const head = 'symbol, string, symbol, long, symbol, string, symbol, long'
    expect(typesOf(bytes, 0x77)).toBe(`map(${head}, symbol, list(), symbol, list(list(string)))`)
  })
})

describe('a control message', () => {
  test('of an unknown opcode or a newer protocol is ignored', () => {
    const body = { id: 'A', pv: 1, area: '0', instance: 1, seen: [] }
    expect(decodeControl(controlWith('HELLO', body))).toMatchObject({ opcode: 'HELLO' })
    expect(decodeControl(controlWith('HELLO', { ...body, pv: 2 }))).toBeUndefined()
    expect(decodeControl(controlWith('XYZ', body))).toBeUndefined()
    expect(decodeControl(controlWith('MAR', { id: 'A', pv: 3, have_seq: 0 }))).toBeUndefined()
    expect(decodeControl(encodeMessage({ to: 'x', body: null }))).toBeUndefined()
  })

  test('may have symbols or strings as keys, and integers of any width', () => {
    const body = new Map<unknown, unknown>([
      [symbol('id'), 'A'],
      [symbol('pv'), long(2)],
      ['have_seq', long(7)],
    ])
    expect(decodeControl(controlWith('MAR', body))).toEqual({ opcode: 'MAR', id: 'A', haveSeq: 7 })
  })

  test.each([
    ['no body map', 'HELLO', 'text'],
    ['no id', 'LSR', { pv: 1 }],
    ['an empty id', 'LSR', { pv: 1, id: '' }],
    ['an id with a slash', 'LSR', { pv: 1, id: 'a/b' }],
    ['an endless id', 'LSR', { pv: 1, id: 'a'.repeat(256) }],
    ['no protocol version', 'LSR', { id: 'A' }],
    ['a negative number', 'MAR', { id: 'A', pv: 2, have_seq: -1 }],
    ['a fraction as number', 'RA', { id: 'A', pv: 1, instance: 1.5, ls_seq: 1, mobile_seq: 1 }],
    ['a text as list', 'HELLO', { id: 'A', pv: 1, instance: 1, seen: 'B' }],
    ['a list of too many', 'HELLO', { id: 'A', pv: 1, instance: 1, seen: Array.from({ length: 1_025 }, () => 'B') }],
    ['the link state of another', 'LSU', { id: 'A', pv: 1, instance: 1, ls: { id: 'B', ls_seq: 1, peers: {} } }],
    ['a change without its deletions', 'MAU', { id: 'A', pv: 2, mobile_seq: 1, add: [] }],
    ['a change without its additions', 'MAU', { id: 'A', pv: 2, mobile_seq: 1, del: [] }],
  ])('with %s is refused', (_what, opcode, body) => {
    expect(codeOf(() => decodeControl(controlWith(opcode, body)))).toBe('mesh/invalid-control')
  })

  test('with too many peers is refused, with peers of no cost they are left out', () => {
    const update = (peers: unknown) => ({ id: 'A', pv: 1, instance: 1, ls: { id: 'A', ls_seq: 1, peers } })
    const many = new Map(Array.from({ length: 1_025 }, (_, at) => [String(at), 1]))
    expect(codeOf(() => decodeControl(controlWith('LSU', update(many))))).toBe('mesh/invalid-control')
    const peers = { B: 0, C: -1, D: 2, E: 'x', F: 2 ** 40 }
    expect(decodeControl(controlWith('LSU', update(peers)))).toMatchObject({ peers: new Map([['D', 2]]) })
  })

  test('longer than the limit is refused unread', () => {
    expect(codeOf(() => decodeControl(Buffer.alloc(MAX_CONTROL_BYTES + 1)))).toBe('mesh/invalid-control')
  })

  test('descriptors may lack their trailing items; what is none is skipped', () => {
    const exist = [['Mfoo'], ['Mbar', 1], ['Ltemp'], ['M'.repeat(2_000)], 'Mtext', [7], []]
    expect(decodeControl(controlWith('MAU', { id: 'A', pv: 2, mobile_seq: 3, exist }))).toMatchObject({
      exist: [
        { key: 'Mfoo', treatment: 3, inLinks: 0 },
        { key: 'Mbar', treatment: 1, inLinks: 0 },
      ],
    })
  })

  test('cut or overwritten anywhere gives a message, nothing or an error of ours', () => {
    fc.assert(
      fc.property(control, fc.nat(), fc.uint8Array({ maxLength: 8 }), (message, at, random) => {
        const whole = encodeControl(message)
        const cut = at % whole.length
        const bytes = Buffer.concat([whole.subarray(0, cut), random, whole.subarray(cut + random.length)])
        for (const broken of [whole.subarray(0, cut), bytes]) {
          try {
            decodeControl(broken)
          } catch (error) {
            expect(error).toBeInstanceOf(SkupperError)
          }
        }
      }),
    )
  })
})

test('addresses of the classes M, N and H are exchanged', () => {
  expect(['Mfoo', 'Nnet', 'Hedge', 'Lx', 'Tx', 'Rx', 'A0', ''].filter(isSynchronised)).toEqual([
    'Mfoo',
    'Nnet',
    'Hedge',
  ])
})

/** The types in one section of a message. */
function typesOf(bytes: Buffer, descriptor: number): string {
  return typesAt(bytes, bytes.lastIndexOf(Buffer.from([0x00, 0x53, descriptor])) + 3)
}
