import { asComposite } from '../../../router/amqp/composite.ts'
import { Decoder } from '../../../router/amqp/decode.ts'
import { FrameReader, type Frame } from '../../../router/amqp/frame-reader.ts'
import { TRANSFER, TransferReader } from '../../../router/amqp/transfer.ts'
import { Described } from '../../../router/amqp/value.ts'
import type { FuzzTarget } from '../target.ts'

const MAX_FRAME_BYTES = 16_384

/** Frames: cut out of two chunks, decoded as values, as composites, or as transfers. */
export const amqpTarget: FuzzTarget = {
  name: 'amqp',
  corpus: 'amqp-frames',
  make: () => (input) => {
    const reader = new FrameReader({ onHeader: () => undefined, onFrame: readFrame }, MAX_FRAME_BYTES)
    reader.expects = 'frame'
    const half = input.length >> 1
    reader.push(input.subarray(0, half))
    reader.push(input.subarray(half))
  },
}

const transfer = new TransferReader()
/** A descriptor that is a small ulong, and its number. */
const TRANSFER_PREFIX = Buffer.from([0x00, 0x53, TRANSFER])

function readFrame(frame: Frame): void {
  const { bytes, at, end } = frame
  if (bytes.subarray(at, end).indexOf(TRANSFER_PREFIX) === 0) {
    frame.at = at + TRANSFER_PREFIX.length
    transfer.read(frame)
    return
  }
  const decoder = new Decoder(bytes, at, end)
  while (!decoder.done) {
    const value = decoder.value()
    if (value instanceof Described) asComposite(value)
  }
}
