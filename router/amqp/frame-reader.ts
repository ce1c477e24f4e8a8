import { violation } from './conditions.ts'

/** A frame as it lies in the input: `at` to `end` is its body. One object is used for all: valid during the call. */
export interface Frame {
  type: number
  channel: number
  bytes: Buffer
  at: number
  end: number
}

export interface FrameSink {
  /** The eight bytes of a protocol header. */
  onHeader(bytes: Buffer): void
  onFrame(frame: Frame): void
}

export const AMQP_FRAME = 0
export const SASL_FRAME = 1
const HEAD_BYTES = 8

/**
 * Cuts a stream of bytes into protocol headers and frames (AMQP 1.0, part 2.3). A frame within one chunk is not
 * copied; one that is cut is put together first. What is kept is never more than one frame.
 */
export class FrameReader {
  /** What the next bytes are. */
  expects: 'header' | 'frame' = 'header'
  maxFrameSize: number
  readonly #sink: FrameSink
  readonly #frame: Frame = { type: 0, channel: 0, bytes: Buffer.alloc(0), at: 0, end: 0 }
  #partial: Buffer | undefined
  #filled = 0
  #stopped = false

  constructor(sink: FrameSink, maxFrameSize: number) {
    this.#sink = sink
    this.maxFrameSize = maxFrameSize
  }

  /** Nothing more is read, also not the rest of the chunk at hand. */
  stop(): void {
    this.#stopped = true
    this.#partial = undefined
  }

  /** @throws SkupperError `amqp/framing-error`, and whatever the sink throws. */
  push(chunk: Buffer): void {
    let at = this.#partial === undefined ? 0 : this.#complete(this.#partial, chunk)
    while (!this.#stopped && chunk.length - at >= HEAD_BYTES) {
      const size = this.#sizeAt(chunk, at)
      if (size > chunk.length - at) break
      this.#take(chunk, at, size)
      at += size
    }
    if (!this.#stopped && at < chunk.length) this.#keep(chunk, at)
  }

  #sizeAt(bytes: Buffer, at: number): number {
    if (this.expects === 'header') return HEAD_BYTES
    const size = bytes.readUInt32BE(at)
    if (size < HEAD_BYTES || size > this.maxFrameSize) {
      const message = `a frame of ${String(size)} bytes; ${String(this.maxFrameSize)} are allowed`
      throw violation('framing-error', message, size)
    }
    return size
  }

  #take(bytes: Buffer, at: number, size: number): void {
    if (this.expects === 'header') {
      this.#sink.onHeader(bytes.subarray(at, at + size))
      return
    }
    const offset = bytes.readUInt8(at + 4) * 4
    if (offset < HEAD_BYTES || offset > size) {
      throw violation(
        'framing-error',
        `a frame of ${String(size)} bytes whose body starts at ${String(offset)}`,
        offset,
      )
    }
    const frame = this.#frame
    frame.type = bytes.readUInt8(at + 5)
    frame.channel = bytes.readUInt16BE(at + 6)
    frame.bytes = bytes
    frame.at = at + offset
    frame.end = at + size
    this.#sink.onFrame(frame)
  }

  /** Starts a frame of which only the beginning is here. */
  #keep(chunk: Buffer, at: number): void {
    const known = chunk.length - at >= HEAD_BYTES
    const partial = Buffer.allocUnsafe(known ? this.#sizeAt(chunk, at) : HEAD_BYTES)
    this.#filled = chunk.copy(partial, 0, at)
    this.#partial = partial
  }

  /** Adds what `chunk` has of the frame at hand. Answers how much of the chunk was used. */
  #complete(partial: Buffer, chunk: Buffer): number {
    const headBytes = Math.max(0, HEAD_BYTES - this.#filled)
    let used = this.#fill(partial, chunk.subarray(0, headBytes))
    if (this.#filled < HEAD_BYTES) return used
    const whole = this.#grown(partial)
    used += this.#fill(whole, chunk.subarray(used))
    if (this.#filled < whole.length) {
      this.#partial = whole
      return used
    }
    this.#partial = undefined
    this.#take(whole, 0, whole.length)
    return used
  }

  #fill(into: Buffer, from: Buffer): number {
    const copied = from.copy(into, this.#filled)
    this.#filled += copied
    return copied
  }

  /** The buffer for the whole frame, once its size is known. */
  #grown(partial: Buffer): Buffer {
    const size = this.#sizeAt(partial, 0)
    if (size === partial.length) return partial
    const whole = Buffer.allocUnsafe(size)
    partial.copy(whole)
    return whole
  }
}
