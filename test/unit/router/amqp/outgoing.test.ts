import { duplexPair } from 'node:stream'
import { beforeEach, describe, expect, test } from 'vitest'
import { Flusher } from '../../../../router/amqp/flusher.ts'
import { FrameReader } from '../../../../router/amqp/frame-reader.ts'
import { Outgoing } from '../../../../router/amqp/outgoing.ts'
import type { OutgoingLink } from '../../../../router/amqp/outgoing.ts'
import { SessionOutput } from '../../../../router/amqp/session-output.ts'
import { TransferReader } from '../../../../router/amqp/transfer.ts'
import { RecordedOutgoing } from '../../../support/amqp-deliveries.ts'

const FRAME_BYTES = 512

/** What a frame says, and its payload. */
interface Said {
  id: number | undefined
  more: boolean
  settled: boolean
  aborted: boolean
  payload: string
}

class Link implements OutgoingLink {
  readonly handle = 3
  readonly deliveryBytes = 1000
  readonly output: SessionOutput
  ready = 0
  withdrawn = 0

  constructor() {
    const [socket] = duplexPair()
    this.output = new SessionOutput(new Flusher(socket, 1_000_000, () => undefined), 1, FRAME_BYTES)
  }

  onReady(): void {
    this.ready++
  }

  onWithdrawn(): void {
    this.withdrawn++
  }

  /** All frames that `delivery` has to send now. */
  frames(delivery: Outgoing): Said[] {
    while (delivery.ready) delivery.emit()
    delivery.relieve()
    const said: Said[] = []
    const transfer = new TransferReader()
    const reader = new FrameReader(
      {
        onHeader: () => undefined,
        onFrame: (frame) => {
          expect(frame.end - frame.at + 8).toBeLessThanOrEqual(FRAME_BYTES)
          frame.at += 3
          transfer.read(frame)
          const { deliveryId: id, more, settled, aborted } = transfer
          said.push({ id, more, settled, aborted, payload: frame.bytes.toString('latin1', frame.at, frame.end) })
        },
      },
      FRAME_BYTES,
    )
    reader.expects = 'frame'
    for (const piece of this.output.outbox.take()) reader.push(piece)
    return said
  }
}

let link: Link
beforeEach(() => {
  link = new Link()
})
const begin = (settled = false) => {
  const delivery = new Outgoing(link, { settled, tag: undefined })
  return { delivery, writer: new RecordedOutgoing(delivery) }
}
const plain = { more: false, settled: false, aborted: false }

test('what is written before a flush shares frames, and frames are as large as the peer takes', () => {
  const { delivery, writer } = begin()
  writer.write('a'.repeat(300))
  writer.write('b'.repeat(300))
  writer.write('c')
  const said = link.frames(delivery)
  expect(said.map(({ more }) => more)).toEqual([true, true])
  expect(said.map(({ payload }) => payload).join('')).toBe(`${'a'.repeat(300)}${'b'.repeat(300)}c`)
  expect(said[0]?.payload.length).toBeGreaterThan(FRAME_BYTES - 60)
})

test('the end goes with the last bytes, or alone', () => {
  const together = begin()
  together.writer.write('x')
  together.delivery.end()
  expect(link.frames(together.delivery)).toEqual([{ ...plain, id: 0, payload: 'x' }])
  const apart = begin()
  apart.writer.write('x')
  link.frames(apart.delivery)
  apart.delivery.end()
  expect(link.frames(apart.delivery)).toEqual([{ ...plain, id: 1, payload: '' }])
})

test('settled goes with the last frame, or with all of a pre-settled one', () => {
  const { delivery, writer } = begin()
  writer.write('x'.repeat(600))
  delivery.end(true)
  expect(link.frames(delivery).map(({ settled }) => settled)).toEqual([false, true])
  const presettled = begin(true)
  presettled.writer.write('x'.repeat(600))
  presettled.delivery.end()
  expect(link.frames(presettled.delivery).map(({ settled }) => settled)).toEqual([true, true])
})

describe('after its end a delivery sends nothing', () => {
  test.each([
    [
      'end',
      (delivery: Outgoing) => {
        delivery.end()
      },
    ],
    [
      'end settled',
      (delivery: Outgoing) => {
        delivery.end(true)
      },
    ],
    [
      'abort',
      (delivery: Outgoing) => {
        delivery.abort()
      },
    ],
    [
      'the settlement of the receiver',
      (delivery: Outgoing) => {
        delivery.onState(undefined, true)
      },
    ],
    [
      'loss',
      (delivery: Outgoing) => {
        delivery.onLost()
      },
    ],
  ])('%s', (_name, finish) => {
    const { delivery, writer } = begin()
    writer.write('x')
    link.frames(delivery)
    finish(delivery)
    link.frames(delivery)
    expect(delivery.sent).toBe(true)
    expect(writer.write('more')).toBe(true)
    delivery.end()
    delivery.abort()
    delivery.onState({ kind: 'released' }, true)
    expect(link.frames(delivery)).toEqual([])
  })
})

describe('abort', () => {
  test('drops what waits, and says so', () => {
    const { delivery, writer } = begin()
    writer.write('x')
    link.frames(delivery)
    writer.write('dropped')
    delivery.abort()
    expect(link.frames(delivery)).toEqual([{ id: 0, more: false, settled: true, aborted: true, payload: '' }])
    expect(link.withdrawn).toBe(0)
  })

  test('of what has not begun takes it back', () => {
    const { delivery, writer } = begin()
    writer.write('x')
    delivery.abort()
    expect(link.frames(delivery)).toEqual([])
    expect(link.withdrawn).toBe(1)
    const { delivery: next } = begin()
    next.end()
    expect(link.frames(next)[0]?.id).toBe(0)
  })
})

test('settled by the receiver while it is written: it ends at once, without what waits', () => {
  const { delivery, writer } = begin()
  writer.write('x')
  link.frames(delivery)
  writer.write('nobody wants it')
  delivery.onState({ kind: 'released' }, true)
  expect(writer.states).toEqual([[{ kind: 'released' }, true]])
  expect(link.frames(delivery)).toEqual([{ id: 0, more: false, settled: true, aborted: false, payload: '' }])
})

test('a writer is told to wait at the mark, and to go on at half of it', () => {
  const { delivery, writer } = begin()
  expect(writer.write('x'.repeat(999))).toBe(true)
  expect(writer.write('x')).toBe(false)
  delivery.emit()
  delivery.relieve()
  expect(writer.drains).toBe(0)
  delivery.emit()
  delivery.relieve()
  delivery.relieve()
  expect(writer.drains).toBe(1)
})

test('loss is told once', () => {
  const { delivery, writer } = begin()
  writer.write('x')
  delivery.onLost()
  delivery.onLost()
  expect(writer.lost).toBe(1)
})
