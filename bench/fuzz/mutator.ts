/** Bytes that decide something in AMQP: null, booleans, empty and long values, lists, maps, arrays, descriptors. */
const TELLING = Buffer.from('00010f10405456707f80a0a1a3b0b1b3c0c1d0d1e0f0fcfdfeff41424344455053527173', 'hex')
const MAX_CHANGES = 4
const MAX_INPUT_BYTES = 4_096
const MAX_PIECE_BYTES = 32

/** Makes inputs of a corpus by small damage, always the same for a seed. */
export class Mutator {
  readonly #corpus: readonly Buffer[]
  #state: number

  constructor(corpus: readonly Buffer[], seed: number) {
    this.#corpus = corpus
    this.#state = seed === 0 ? 1 : seed
  }

  next(): Buffer {
    let input: Buffer = Buffer.from(this.#entry())
    for (let changes = this.#below(MAX_CHANGES + 1); changes > 0; changes--) input = this.#changed(input)
    return input.length > MAX_INPUT_BYTES ? input.subarray(0, MAX_INPUT_BYTES) : input
  }

  #changed(input: Buffer): Buffer {
    const at = this.#below(input.length + 1)
    switch (this.#below(8)) {
      case 0:
        return input.subarray(0, at)
      case 1:
        return Buffer.concat([input.subarray(0, at), this.#noise(), input.subarray(at)])
      case 2:
        return Buffer.concat([input.subarray(0, at), input.subarray(at + this.#below(MAX_PIECE_BYTES))])
      case 3:
        return Buffer.concat([input.subarray(0, at), this.#pieceOf(this.#entry())])
      case 4:
        return Buffer.concat([input.subarray(0, at), this.#pieceOf(input), input.subarray(at)])
      case 5:
        return with32(input, at, this.#below(2) === 0 ? this.#below(2 ** 32) : this.#below(256))
      default:
        return withByte(input, at, this.#below(2) === 0 ? this.#below(256) : this.#telling())
    }
  }

  #entry(): Buffer {
    return this.#corpus[this.#below(this.#corpus.length)] ?? Buffer.alloc(0)
  }

  #pieceOf(bytes: Buffer): Buffer {
    return bytes.subarray(this.#below(bytes.length + 1))
  }

  #noise(): Buffer {
    const bytes = Buffer.alloc(this.#below(MAX_PIECE_BYTES))
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.#below(256)
    return bytes
  }

  #telling(): number {
    return TELLING[this.#below(TELLING.length)] ?? 0
  }

  /** A whole number from 0 up to `limit` (xorshift). */
  #below(limit: number): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return (this.#state >>> 0) % limit
  }
}

function withByte(input: Buffer, at: number, value: number): Buffer {
  if (at < input.length) input[at] = value
  return input
}

function with32(input: Buffer, at: number, value: number): Buffer {
  if (at + 4 <= input.length) input.writeUInt32BE(value, at)
  return input
}
