import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { Incoming } from '../../../../router/amqp/incoming.ts'
import { SessionInput } from '../../../../router/amqp/session-input.ts'
import { RecordedIncoming } from '../../../support/amqp-deliveries.ts'

const FRAME_BYTES = 16_384
const WINDOW = 64
const sent: unknown[] = []
let input: SessionInput
beforeEach(() => {
  sent.length = 0
  const host = { onWindowDue: () => undefined, sendDisposition: (...args: unknown[]) => sent.push(args) }
  input = new SessionInput(host, WINDOW, FRAME_BYTES)
})

/** A delivery and its reader. */
function newDelivery(settled = false) {
  const delivery = new Incoming(input, 7, settled)
  return { delivery, reader: new RecordedIncoming(delivery) }
}

/** Frames' worth of bytes that are held. */
const heldFrames = () => {
  const fresh = new SessionInput(
    { onWindowDue: () => undefined, sendDisposition: () => undefined },
    WINDOW,
    FRAME_BYTES,
  )
  return fresh.announce() - input.announce()
}

test('bytes go straight to the reader, as they are', () => {
  const { delivery, reader } = newDelivery()
  delivery.onPayload(Buffer.from('abc'))
  expect(reader.text).toBe('abc')
  delivery.onComplete()
  expect(reader.heard).toEqual(['end'])
  expect(heldFrames()).toBe(0)
})

test('a paused reader gets everything in order when it goes on', () => {
  const size = fc.oneof(fc.nat({ max: 50 }), fc.integer({ min: 8000, max: 20_000 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(size, fc.constantFrom('pause', 'resume', 'go on')), { maxLength: 40 }), (steps) => {
      const { delivery, reader } = newDelivery()
      const wanted: Buffer[] = []
      steps.forEach(([length, action], i) => {
        if (action === 'pause') delivery.pause()
        if (action === 'resume') delivery.resume()
        const payload = Buffer.alloc(length, i)
        wanted.push(payload)
        delivery.onPayload(payload)
      })
      delivery.pause()
      delivery.onComplete()
      expect(reader.heard).toEqual([])
      delivery.resume()
      expect(reader.content.equals(Buffer.concat(wanted))).toBe(true)
      expect(reader.heard).toEqual(['end'])
    }),
  )
})

test('pausing within a chunk stops the next one', () => {
  const { delivery, reader } = newDelivery()
  delivery.pause()
  delivery.onPayload(Buffer.alloc(20_000, 1))
  delivery.onPayload(Buffer.alloc(20_000, 2))
  delivery.onComplete()
  reader.onChunk = () => {
    delivery.pause()
  }
  delivery.resume()
  expect([reader.bytes, reader.heard]).toEqual([20_000, []])
  delivery.resume()
  expect([reader.bytes, reader.heard]).toEqual([40_000, []])
  delivery.resume()
  expect(reader.heard).toEqual(['end'])
})

test('small pieces that are held do not keep the chunks they came in', () => {
  const { delivery, reader } = newDelivery()
  delivery.pause()
  const chunk = Buffer.alloc(65_536, 1)
  delivery.onPayload(chunk.subarray(0, 10))
  delivery.onPayload(chunk.subarray(10, 20))
  chunk.fill(2)
  delivery.resume()
  expect(reader.content).toEqual(Buffer.alloc(20, 1))
})

describe('what is held counts against the window', () => {
  test('and comes back as it is read', () => {
    const { delivery } = newDelivery()
    input.onBegin(0)
    delivery.pause()
    delivery.onPayload(Buffer.alloc(2 * FRAME_BYTES))
    expect(heldFrames()).toBe(2)
    delivery.resume()
    expect(heldFrames()).toBe(0)
  })

  test('and comes back when the reader settles, or the link is lost', () => {
    for (const end of ['update', 'lost'] as const) {
      const { delivery, reader } = newDelivery()
      delivery.pause()
      delivery.onPayload(Buffer.alloc(2 * FRAME_BYTES))
      if (end === 'update') delivery.update({ kind: 'released' }, true)
      else delivery.onLost()
      expect(heldFrames()).toBe(0)
      delivery.onPayload(Buffer.alloc(10))
      delivery.onComplete()
      delivery.resume()
      expect([reader.bytes, reader.heard]).toEqual([0, end === 'lost' ? ['aborted'] : []])
    }
  })
})

describe('dispositions', () => {
  test('go out until one settles', () => {
    const { delivery } = newDelivery()
    delivery.update({ kind: 'received', offset: 1 }, false)
    delivery.update({ kind: 'accepted' }, true)
    delivery.update({ kind: 'released' }, true)
    expect(sent).toEqual([
      [7, { kind: 'received', offset: 1 }, false],
      [7, { kind: 'accepted' }, true],
    ])
  })

  test('have no meaning for a delivery that the sender has settled', () => {
    const { delivery, reader } = newDelivery(true)
    delivery.update({ kind: 'accepted' }, true)
    delivery.onPayload(Buffer.from('still read'))
    delivery.onComplete()
    expect([sent, reader.text, reader.heard]).toEqual([[], 'still read', ['end settled']])
  })
})

test('the end is told once', () => {
  const { delivery, reader } = newDelivery()
  delivery.onComplete()
  delivery.onComplete()
  delivery.onLost()
  delivery.resume()
  expect(reader.heard).toEqual(['end'])
})
