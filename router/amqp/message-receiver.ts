import { SkupperError } from '../../core/model/error.ts'
import { conditionOf } from './conditions.ts'
import type { IncomingDelivery, IncomingHandler } from './delivery.ts'
import { decodeMessage } from './message.ts'
import type { DecodedMessage } from './message.ts'

/** Bytes of one message above which it is rejected. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024

/** Gathers a delivery into a whole message, accepts it and hands it on; what is no message is rejected. */
export function receiveMessage(delivery: IncomingDelivery, onMessage: (message: DecodedMessage) => void): void {
  delivery.handler = new MessageReceiver(delivery, onMessage)
}

class MessageReceiver implements IncomingHandler {
  readonly #delivery: IncomingDelivery
  readonly #onMessage: (message: DecodedMessage) => void
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(delivery: IncomingDelivery, onMessage: (message: DecodedMessage) => void) {
    this.#delivery = delivery
    this.#onMessage = onMessage
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes <= MAX_MESSAGE_BYTES) {
      this.#chunks.push(chunk)
      return
    }
    this.#chunks = []
    const description = `a message of more than ${String(MAX_MESSAGE_BYTES)} bytes`
    this.#delivery.update({ kind: 'rejected', condition: 'amqp:link:message-size-exceeded', description }, true)
  }

  onEnd(): void {
    const message = this.#decode()
    if (message === undefined) return
    this.#delivery.update({ kind: 'accepted' }, true)
    this.#onMessage(message)
  }

  onAborted(): void {
    this.#chunks = []
  }

  #decode(): DecodedMessage | undefined {
    try {
      if (this.#bytes > MAX_MESSAGE_BYTES) return undefined
      return decodeMessage(Buffer.concat(this.#chunks))
    } catch (error) {
      if (!(error instanceof SkupperError)) throw error
      const description = error.message
      this.#delivery.update({ kind: 'rejected', condition: conditionOf(error), description }, true)
      return undefined
    }
  }
}
