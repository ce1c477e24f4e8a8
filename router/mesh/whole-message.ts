import type { IncomingDelivery, IncomingHandler } from '../amqp/delivery.ts'
import { decodeMessage, type DecodedMessage } from '../amqp/message.ts'
import { DEAF_READER } from './deaf-handlers.ts'
import type { Origin } from './origin.ts'
import type { Taken } from './target.ts'

/** A message that is read whole may be this long, in bytes. */
export const MAX_WHOLE_MESSAGE_BYTES = 4 * 1024 * 1024

/** Collects a delivery until it has ended, then accepts it and hands it on; rejects what is too long or no message. */
export class WholeMessage implements IncomingHandler {
  readonly #delivery: IncomingDelivery
  readonly #origin: Origin
  readonly #onMessage: (message: DecodedMessage, origin: Origin) => void
  #chunks: Buffer[] = []
  #size = 0

  constructor(taken: Taken, onMessage: (message: DecodedMessage, origin: Origin) => void) {
    this.#delivery = taken.delivery
    this.#origin = taken.origin
    this.#onMessage = onMessage
    taken.delivery.handler = this
    this.onData(taken.bytes)
  }

  onData(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size > MAX_WHOLE_MESSAGE_BYTES) this.#reject('the message is too long')
  }

  onEnd(): void {
    let message: DecodedMessage
    try {
      message = decodeMessage(Buffer.concat(this.#chunks, this.#size))
    } catch {
      this.#reject('the message cannot be decoded')
      return
    }
    if (!this.#delivery.settled) this.#delivery.update({ kind: 'accepted' }, true)
    this.#onMessage(message, this.#origin)
  }

  onAborted(): void {
    this.#chunks = []
  }

  #reject(description: string): void {
    this.#chunks = []
    this.#delivery.handler = DEAF_READER
    if (this.#delivery.settled) return
    this.#delivery.update({ kind: 'rejected', condition: 'amqp:decode-error', description }, true)
  }
}
