import hpack from 'hpack.js'
import type { FrameHead } from './http2-frames.ts'

export const HEADERS = 1
export const PUSH_PROMISE = 5
export const CONTINUATION = 9
const END_STREAM = 0x1
const END_HEADERS = 0x4
const PADDED = 0x8
const PRIORITY = 0x20
const PRIORITY_BYTES = 5
const PROMISED_STREAM_BYTES = 4
/** A block of headers beyond this is not followed. */
const MAX_BLOCK_BYTES = 65_536
/** Compression tables are kept up to this size, whatever the peers agree on beyond the default of 4 KiB. */
const MAX_TABLE_BYTES = 65_536

/** The headers of one message. */
export interface HeaderBlock {
  readonly stream: number
  /** Nothing follows on this side of the stream. */
  readonly endsStream: boolean
  readonly fields: ReadonlyMap<string, string>
}

/**
 * Gathers the header frames of one direction and decompresses them (RFC 7541). All of them have to pass through here,
 * since each changes the table that the next one is read with.
 */
export class HeaderBlocks {
  readonly #decompressor = hpack.decompressor.create({ table: { maxSize: MAX_TABLE_BYTES } })
  #first: FrameHead | undefined
  #parts: Buffer[] = []
  #bytes = 0

  /** The block that this frame completes. Throws an error where the bytes are no header block. */
  push(head: FrameHead, payload: Buffer): HeaderBlock | undefined {
    this.#first ??= head
    const part = fragmentOf(head, payload)
    this.#parts.push(part)
    this.#bytes += part.length
    if (this.#bytes > MAX_BLOCK_BYTES) throw new RangeError('a block of headers is too large to be followed')
    if ((head.flags & END_HEADERS) === 0) return undefined
    const { type, stream, flags } = this.#first
    const fields = this.#decompress(Buffer.concat(this.#parts))
    this.#first = undefined
    this.#parts = []
    this.#bytes = 0
    return type === PUSH_PROMISE ? undefined : { stream, endsStream: (flags & END_STREAM) !== 0, fields }
  }

  #decompress(block: Buffer): Map<string, string> {
    this.#decompressor.write(block)
    // Without a callback it works at once, and throws since nobody listens to its 'error'.
    this.#decompressor.execute()
    const fields = new Map<string, string>()
    for (let field = this.#decompressor.read(); field !== null; field = this.#decompressor.read()) {
      fields.set(field.name, field.value)
    }
    return fields
  }
}

/** The part of the frame that belongs to the block, without padding and what stands before it (RFC 9113, section 6). */
function fragmentOf({ type, flags }: FrameHead, payload: Buffer): Buffer {
  if (type === CONTINUATION) return payload
  const isPadded = (flags & PADDED) !== 0
  const padding = isPadded ? payload.readUInt8(0) : 0
  const before = type === PUSH_PROMISE ? PROMISED_STREAM_BYTES : (flags & PRIORITY) === 0 ? 0 : PRIORITY_BYTES
  return payload.subarray(Number(isPadded) + before, payload.length - padding)
}
