import { violation } from './conditions.ts'
import type { Frame } from './frame-reader.ts'

/** What stands before the payload of an outgoing transfer frame. */
export interface TransferHead {
  channel: number
  handle: number
  deliveryId: number
  /** By default the delivery's number in four bytes. */
  tag: Buffer | undefined
  aborted: boolean
}

/** No head that `writeTransferHead` writes is longer: tags have at most 32 bytes. */
export const MAX_TRANSFER_HEAD_BYTES = 72
export const TRANSFER = 0x14

const TRUE = 0x41
const FALSE = 0x42
const NULL = 0x40

/**
 * Writes the head of a transfer frame at `at` and answers its length. Size, settled and more are filled in by
 * `sealTransfer` once the payload is known; number and tag are repeated in each frame of a delivery, as routers do.
 */
export function writeTransferHead(into: Buffer, at: number, head: TransferHead): number {
  into[at + 4] = 2
  into[at + 5] = 0
  into[at + 6] = head.channel >> 8
  into[at + 7] = head.channel & 0xff
  into[at + 8] = 0x00
  into[at + 9] = 0x53
  into[at + 10] = TRANSFER
  into[at + 11] = 0xc0
  into[at + 13] = head.aborted ? 10 : 6
  let p = putUint(into, at + 14, head.handle)
  p = putUint(into, p, head.deliveryId)
  p = putTag(into, p, head)
  into[p++] = 0x43
  into[p++] = FALSE
  into[p++] = TRUE
  if (head.aborted) {
    into[p++] = NULL
    into[p++] = NULL
    into[p++] = NULL
    into[p++] = TRUE
  }
  into[at + 12] = p - at - 13
  return p - at
}

export interface TransferSeal {
  headLength: number
  payloadLength: number
  settled: boolean
  more: boolean
}

/** Completes a head that `writeTransferHead` wrote at `at`. */
export function sealTransfer(into: Buffer, at: number, seal: TransferSeal): void {
  into.writeUInt32BE(seal.headLength + seal.payloadLength, at)
  const aborted = into[at + 13] === 10
  const end = at + seal.headLength - (aborted ? 4 : 0)
  into[end - 2] = seal.settled ? TRUE : FALSE
  into[end - 1] = seal.more ? TRUE : FALSE
}

function putUint(into: Buffer, at: number, value: number): number {
  if (value === 0) {
    into[at] = 0x43
    return at + 1
  }
  if (value < 256) {
    into[at] = 0x52
    into[at + 1] = value
    return at + 2
  }
  into[at] = 0x70
  into.writeUInt32BE(value, at + 1)
  return at + 5
}

function putTag(into: Buffer, at: number, { tag, deliveryId }: TransferHead): number {
  into[at] = 0xa0
  if (tag === undefined) {
    into[at + 1] = 4
    return into.writeUInt32BE(deliveryId, at + 2)
  }
  into[at + 1] = tag.length
  return at + 2 + tag.copy(into, at + 2)
}

/**
 * The head of an incoming transfer. One object reads all transfers of a connection: they are nearly all of its frames,
 * so no object is made for one.
 */
export class TransferReader {
  handle = 0
  /** Undefined where a further frame of a delivery leaves it out. */
  deliveryId: number | undefined
  settled = false
  more = false
  aborted = false
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #end = 0

  /**
   * Reads the list after the descriptor and moves `frame.at` to the payload.
   *
   * @throws SkupperError `amqp/decode-error`
   */
  read(frame: Frame): void {
    this.#bytes = frame.bytes
    this.#at = frame.at
    this.#end = frame.end
    const count = this.#openList()
    const handle = count > 0 ? this.#uint() : undefined
    if (handle === undefined) throw violation('decode-error', 'transfer without handle')
    this.handle = handle
    this.deliveryId = count > 1 ? this.#uint() : undefined
    if (count > 2) this.#skip()
    if (count > 3) this.#skip()
    this.settled = count > 4 && this.#bool()
    this.more = count > 5 && this.#bool()
    this.aborted = count > 6 && this.#tail(count)
    frame.at = this.#end
  }

  /** What nearly no transfer has: receiver settle mode, state, resume, aborted, batchable. */
  #tail(count: number): boolean {
    for (let i = 6; i < Math.min(count, 9); i++) this.#skip()
    return count > 9 && this.#bool()
  }

  /** Enters the list: from here on its end is the end. Answers how many items it has. */
  #openList(): number {
    const code = this.#byte()
    if (code === 0xc0) {
      const size = this.#byte()
      this.#close(size)
      return this.#byte()
    }
    if (code === 0xd0) {
      const size = this.#uint32()
      this.#close(size)
      return this.#uint32()
    }
    throw violation('decode-error', `transfer is no list with items (format code 0x${code.toString(16)})`)
  }

  #close(size: number): void {
    if (size > this.#end - this.#at) throw tooShort()
    this.#end = this.#at + size
  }

  #uint(): number | undefined {
    switch (this.#byte()) {
      case 0x40:
        return undefined
      case 0x43:
        return 0
      case 0x52:
        return this.#byte()
      case 0x70:
        return this.#uint32()
      default:
        throw violation('decode-error', 'a field of transfer is not of type uint')
    }
  }

  #bool(): boolean {
    switch (this.#byte()) {
      case TRUE:
        return true
      case FALSE:
      case NULL:
        return false
      case 0x56:
        return this.#byte() !== 0
      default:
        throw violation('decode-error', 'a field of transfer is not of type boolean')
    }
  }

  /** Passes over a field; a described one (the state) is two values more. */
  #skip(): void {
    const code = this.#byte()
    if (code === 0) {
      this.#pass(this.#byte())
      this.#pass(this.#byte())
    } else {
      this.#pass(code)
    }
  }

  #pass(code: number): void {
    const width = WIDTHS[code >> 4]
    if (width === undefined) throw violation('decode-error', `unknown format code 0x${code.toString(16)} in transfer`)
    const size = width === ONE_BYTE_SIZE ? this.#byte() : width === FOUR_BYTE_SIZE ? this.#uint32() : width
    if (size > this.#end - this.#at) throw tooShort()
    this.#at += size
  }

  #byte(): number {
    if (this.#at >= this.#end) throw tooShort()
    return this.#bytes[this.#at++] ?? 0
  }

  #uint32(): number {
    if (this.#end - this.#at < 4) throw tooShort()
    this.#at += 4
    return this.#bytes.readUInt32BE(this.#at - 4)
  }
}

const ONE_BYTE_SIZE = -1
const FOUR_BYTE_SIZE = -4
/** The width of a value, or of the size before it, by the upper half of its format code (AMQP 1.0, part 1.2). */
const WIDTHS = [
  ...[undefined, undefined, undefined, undefined, 0, 1, 2, 4, 8, 16],
  ...[ONE_BYTE_SIZE, FOUR_BYTE_SIZE, ONE_BYTE_SIZE, FOUR_BYTE_SIZE, ONE_BYTE_SIZE, FOUR_BYTE_SIZE],
]

function tooShort(): Error {
  return violation('decode-error', 'a transfer ends before its fields do')
}
