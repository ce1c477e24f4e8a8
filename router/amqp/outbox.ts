import { encodeComposite } from './composite.ts'
import type { CompositeName, Fields } from './composite.ts'
import { Encoder } from './encode.ts'
import { AMQP_FRAME, SASL_FRAME } from './frame-reader.ts'

const SLAB_BYTES = 64 * 1024
/** Up to this size a payload is cheaper to copy than to hand on as a piece of its own. */
const COPIED_BYTES = 4096

/**
 * Bytes on their way to the socket. Frame heads and small payloads are written into a slab, large payloads are kept by
 * reference; `take` gives all of it in order. A slab's bytes are never written twice, so what was taken stays as it is.
 */
export class Outbox {
  /** Where `room` lies. */
  slab: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES)
  #start = 0
  #end = 0
  #pieces: Buffer[] = []
  #referenced = 0
  #total = 0
  readonly #encoder = new Encoder()

  /** Bytes since the last `take`. */
  get length(): number {
    return this.#referenced + this.#end - this.#start
  }

  /** All bytes ever written. */
  get total(): number {
    return this.#total
  }

  /** Makes sure that `size` bytes of the slab may be written, and answers where. `advance` then says how many were. */
  room(size: number): number {
    if (this.slab.length - this.#end < size) {
      this.#seal()
      this.slab = Buffer.allocUnsafeSlow(Math.max(size, SLAB_BYTES))
      this.#start = 0
      this.#end = 0
    }
    return this.#end
  }

  advance(size: number): void {
    this.#end += size
    this.#total += size
  }

  /** Adds `bytes` from `from` to `to`, which must not change afterwards. */
  append(bytes: Buffer, from: number, to: number): void {
    const size = to - from
    if (size <= COPIED_BYTES) {
      const at = this.room(size)
      bytes.copy(this.slab, at, from, to)
      this.advance(size)
      return
    }
    this.#seal()
    this.#pieces.push(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to))
    this.#referenced += size
    this.#total += size
  }

  /** Adds bytes that are no frame: a protocol header. */
  header(bytes: Buffer): void {
    this.append(bytes, 0, bytes.length)
  }

  frame<N extends CompositeName>(channel: number, name: N, fields: Fields<N>): void {
    this.#open(AMQP_FRAME, channel)
    encodeComposite(this.#encoder, name, fields)
    this.#close()
  }

  saslFrame<N extends CompositeName>(name: N, fields: Fields<N>): void {
    this.#open(SASL_FRAME, 0)
    encodeComposite(this.#encoder, name, fields)
    this.#close()
  }

  /** A frame without body: a sign of life. */
  emptyFrame(): void {
    this.#open(AMQP_FRAME, 0)
    this.#close()
  }

  #open(type: number, channel: number): void {
    this.#encoder.reset()
    this.#encoder.uint32(0)
    this.#encoder.uint32(((2 << 24) | (type << 16) | channel) >>> 0)
  }

  #close(): void {
    const encoder = this.#encoder
    encoder.patch(0, encoder.length)
    const at = this.room(encoder.length)
    encoder.bytes().copy(this.slab, at)
    this.advance(encoder.length)
  }

  /** Everything since the last `take`, in order. */
  take(): Buffer[] {
    this.#seal()
    const pieces = this.#pieces
    this.#pieces = []
    this.#referenced = 0
    return pieces
  }

  #seal(): void {
    if (this.#end === this.#start) return
    this.#pieces.push(this.slab.subarray(this.#start, this.#end))
    this.#referenced += this.#end - this.#start
    this.#start = this.#end
  }
}
