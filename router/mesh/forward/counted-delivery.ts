import type { DeliveryState, IncomingDelivery, IncomingHandler } from '../../amqp/delivery.ts'
import { DEAF_READER } from '../connection/deaf-handlers.ts'

/** A delivery handed to a consumer, watched for the moment from which it is no load any more. */
export class CountedDelivery implements IncomingDelivery, IncomingHandler {
  handler: IncomingHandler = DEAF_READER
  readonly #inner: IncomingDelivery
  readonly #onDone: () => void
  #done = false

  /** `onDone` is called once: when the delivery is settled by either side, or aborted. */
  constructor(inner: IncomingDelivery, onDone: () => void) {
    this.#inner = inner
    this.#onDone = onDone
    inner.handler = this
  }

  get settled(): boolean {
    return this.#inner.settled
  }

  pause(): void {
    this.#inner.pause()
  }

  resume(): void {
    this.#inner.resume()
  }

  update(state: DeliveryState, settled: boolean): void {
    this.#inner.update(state, settled)
    if (settled) this.#finish()
  }

  onData(chunk: Buffer): void {
    this.handler.onData(chunk)
  }

  onEnd(settled: boolean): void {
    if (settled) this.#finish()
    this.handler.onEnd(settled)
  }

  onAborted(): void {
    this.#finish()
    this.handler.onAborted()
  }

  #finish(): void {
    if (this.#done) return
    this.#done = true
    this.#onDone()
  }
}
