import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeValue } from '../../../../router/amqp/decode.ts'
import { encodeValue } from '../../../../router/amqp/encode.ts'
import {
  MAX_TRANSFER_HEAD_BYTES,
  sealTransfer,
  TransferReader,
  writeTransferHead,
} from '../../../../router/amqp/transfer.ts'
import type { TransferHead } from '../../../../router/amqp/transfer.ts'
import * as amqp from '../../../../router/amqp/value.ts'
import { thrownCode } from '../../../support/thrown-code.ts'

const uint = fc.oneof(fc.constantFrom(0, 1, 255, 256, 0xffffffff), fc.nat({ max: 0xffffffff }))
const head: fc.Arbitrary<TransferHead> = fc.record({
  channel: fc.nat({ max: 0xffff }),
  handle: uint,
  deliveryId: uint,
  tag: fc.option(
    fc.uint8Array({ maxLength: 32 }).map((raw) => Buffer.from(raw)),
    { nil: undefined },
  ),
  aborted: fc.boolean(),
})
const seal = fc.record({ settled: fc.boolean(), more: fc.boolean(), payloadLength: fc.nat({ max: 1000 }) })

function written(given: TransferHead, sealed: { settled: boolean; more: boolean; payloadLength: number }): Buffer {
  const into = Buffer.alloc(3 + MAX_TRANSFER_HEAD_BYTES, 0xee)
  const headLength = writeTransferHead(into, 3, given)
  sealTransfer(into, 3, { headLength, ...sealed })
  return into.subarray(3, 3 + headLength)
}

/** The frame of a transfer's list and payload, where the reader starts: after the descriptor. */
const frameOf = (list: Buffer, payload = '') => {
  const bytes = Buffer.concat([list, Buffer.from(payload)])
  return { type: 0, channel: 0, bytes, at: 0, end: bytes.length }
}

test('a head that is written is a transfer as AMQP has it', () => {
  fc.assert(
    fc.property(head, seal, (given, sealed) => {
      const bytes = written(given, sealed)
      expect(bytes.length).toBeLessThanOrEqual(MAX_TRANSFER_HEAD_BYTES)
      expect(bytes.readUInt32BE(0)).toBe(bytes.length + sealed.payloadLength)
      expect([bytes[4], bytes[5], bytes.readUInt16BE(6)]).toEqual([2, 0, given.channel])
      const tag = given.tag ?? Buffer.from([24, 16, 8, 0].map((shift) => (given.deliveryId >>> shift) & 0xff))
      const fields = [given.handle, given.deliveryId, tag, 0, sealed.settled, sealed.more]
      const tail = given.aborted ? [null, null, null, true] : []
      expect(decodeValue(bytes.subarray(8))).toEqual(amqp.described(0x14, [...fields, ...tail]))
    }),
  )
})

test('a head that is written is read as it was, and the payload starts behind it', () => {
  const reader = new TransferReader()
  fc.assert(
    fc.property(head, seal, fc.string({ unit: 'grapheme-ascii' }), (given, sealed, payload) => {
      const frame = frameOf(written(given, sealed).subarray(11), payload)
      reader.read(frame)
      const { handle, deliveryId, settled, more, aborted } = reader
      expect({ handle, deliveryId, settled, more, aborted }).toEqual({
        handle: given.handle,
        deliveryId: given.deliveryId,
        settled: sealed.settled,
        more: sealed.more,
        aborted: given.aborted,
      })
      expect(frame.bytes.toString('latin1', frame.at, frame.end)).toBe(payload)
    }),
  )
})

describe('heads as others write them', () => {
  const state = amqp.described(0x23, [amqp.uint(0), amqp.ulong(1)])
  test.each([
    ['only a handle', [amqp.uint(300)], { handle: 300, deliveryId: undefined, settled: false, more: false }],
    ['nulls', [amqp.uint(1), null, null, null, null, null], { handle: 1, deliveryId: undefined, more: false }],
    ['a state', [amqp.uint(1), amqp.uint(2), Buffer.from('t'), amqp.uint(0), null, true, null, state], { more: true }],
    [
      'all fields',
      [amqp.uint(1), amqp.uint(2), Buffer.alloc(0), null, true, false, amqp.ubyte(0), state, false, true, true],
      { settled: true, aborted: true },
    ],
  ])('%s', (_name, list, expected) => {
    const reader = new TransferReader()
    const frame = frameOf(encodeValue(list), 'payload')
    reader.read(frame)
    expect(reader).toMatchObject(expected)
    expect(frame.bytes.toString('latin1', frame.at)).toBe('payload')
  })

  test('booleans of one byte', () => {
    const reader = new TransferReader()
    reader.read(frameOf(Buffer.from('c0090643404040 5601 5600'.replaceAll(' ', ''), 'hex')))
    expect([reader.settled, reader.more]).toEqual([true, false])
  })
})

describe('heads that are refused', () => {
  test.each([
    ['no list', '41'],
    ['an empty list', '45'],
    ['a list that is longer than the frame', 'c0ff0143'],
    ['more items than bytes', 'c002ff43'],
    ['a handle of another type', 'c0020141'],
    ['settled as a number', 'c007054343a00043 43'],
    ['a field of an unknown type', 'c00403434312'],
    ['a tag longer than the list', 'c0050343 43a0ff'],
  ])('%s', (_name, hex) => {
    const frame = frameOf(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
    expect(
      thrownCode(() => {
        new TransferReader().read(frame)
      }),
    ).toBe('amqp/decode-error')
  })

  test('random bytes are a head or an error of ours, and the payload is within the frame', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => {
        const frame = frameOf(Buffer.concat([Buffer.from([0xc0, raw.length]), Buffer.from(raw)]))
        expect(['amqp/decode-error', undefined]).toContain(
          thrownCode(() => {
            new TransferReader().read(frame)
          }),
        )
        expect(frame.at).toBeLessThanOrEqual(frame.end)
      }),
      { numRuns: 1000 },
    )
  })
})
