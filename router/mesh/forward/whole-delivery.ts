import type { IncomingDelivery, IncomingHandler } from '../../amqp/delivery.ts'
import { DEAF_READER } from '../connection/deaf-handlers.ts'

/** A delivery that is read whole may be this long, in bytes. */
export const MAX_WHOLE_BYTES = 4 * 1024 * 1024

/** Collects a delivery until it has ended, then accepts it and hands its bytes on; rejects what is too long. */
export class WholeDelivery implements IncomingHandler {
  readonly #delivery: IncomingDelivery
  readonly #onWhole: (bytes: Buffer) => void
  #chunks: Buffer[] = []
  #size = 0

  constructor(delivery: IncomingDelivery, onWhole: (bytes: Buffer) => void) {
    this.#delivery = delivery
    this.#onWhole = onWhole
    delivery.handler = this
  }

  onData(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size > MAX_WHOLE_BYTES) this.#reject()
  }

  onEnd(): void {
    if (!this.#delivery.settled) this.#delivery.update({ kind: 'accepted' }, true)
    const [first] = this.#chunks
    this.#onWhole(first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#size))
  }

  onAborted(): void {
    this.#chunks = []
  }

  #reject(): void {
    this.#chunks = []
    this.#delivery.handler = DEAF_READER
    if (this.#delivery.settled) return
    this.#delivery.update({ kind: 'rejected', condition: 'amqp:link:message-size-exceeded' }, true)
  }
}
