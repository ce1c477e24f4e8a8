/** The head of a frame (RFC 9113, section 4.1). */
export interface FrameHead {
  readonly type: number
  readonly flags: number
  readonly stream: number
  /** Bytes of payload. */
  readonly length: number
}

export interface FrameHandler {
  /** Whether the payload of this frame is wanted. */
  isWanted(head: FrameHead): boolean
  /** A frame has passed; with its payload if that was wanted. */
  onFrame(head: FrameHead, payload: Buffer | undefined): void
}

const HEAD_BYTES = 9
const MAX_WANTED_BYTES = 65_536

/** Cuts one direction of an HTTP/2 connection into frames. Keeps at most one head and one wanted payload. */
export class FrameCutter {
  readonly #handler: FrameHandler
  readonly #head = Buffer.alloc(HEAD_BYTES)
  #headBytes = 0
  #frame: FrameHead | undefined
  #left = 0
  #wanted: Buffer[] | undefined

  constructor(handler: FrameHandler) {
    this.#handler = handler
  }

  /** Throws RangeError for a wanted payload that is too large, and what the handler throws. */
  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      at += this.#frame === undefined ? this.#takeHead(chunk.subarray(at)) : this.#takePayload(chunk.subarray(at))
      if (this.#frame !== undefined && this.#left === 0) this.#finish(this.#frame)
    }
  }

  #takeHead(bytes: Buffer): number {
    const taken = bytes.copy(this.#head, this.#headBytes)
    this.#headBytes += taken
    if (this.#headBytes === HEAD_BYTES) this.#begin()
    return taken
  }

  #begin(): void {
    this.#headBytes = 0
    this.#frame = {
      length: this.#head.readUIntBE(0, 3),
      type: this.#head.readUInt8(3),
      flags: this.#head.readUInt8(4),
      stream: this.#head.readUInt32BE(5) & 0x7fffffff,
    }
    this.#left = this.#frame.length
    if (!this.#handler.isWanted(this.#frame)) return
    if (this.#left > MAX_WANTED_BYTES) throw new RangeError(`a frame of ${String(this.#left)} bytes is too large`)
    this.#wanted = []
  }

  #takePayload(bytes: Buffer): number {
    const taken = Math.min(this.#left, bytes.length)
    // The bytes are the connection's own and may not be kept.
    this.#wanted?.push(Buffer.from(bytes.subarray(0, taken)))
    this.#left -= taken
    return taken
  }

  #finish(frame: FrameHead): void {
    const payload = this.#wanted && Buffer.concat(this.#wanted)
    this.#frame = undefined
    this.#wanted = undefined
    this.#handler.onFrame(frame, payload)
  }
}
