import type {
  DeliveryState,
  IncomingDelivery,
  IncomingHandler,
  OutgoingDelivery,
  OutgoingHandler,
} from '../../amqp/delivery.ts'
import { DEAF_READER, DEAF_WRITER } from '../connection/deaf-handlers.ts'

/** The two ends of a delivery that stays inside this process. */
export interface LocalPipe {
  readonly outgoing: OutgoingDelivery
  readonly incoming: IncomingDelivery
}

/**
 * A delivery from one part of this router to another: what is written to `outgoing` is read from `incoming` in the
 * same call, so nothing is buffered unless the reader pauses. States travel back in a later turn of the event loop,
 * so that neither side is called while it is calling.
 */
export function localPipe(): LocalPipe {
  const outgoing = new LocalWriter()
  return { outgoing, incoming: outgoing.reader }
}

class LocalWriter implements OutgoingDelivery {
  handler: OutgoingHandler = DEAF_WRITER
  readonly reader = new LocalReader(this)

  write(chunk: Buffer): boolean {
    return this.reader.take(chunk)
  }

  end(settled = false): void {
    this.reader.takeEnd(settled)
  }

  abort(): void {
    this.reader.takeAbort()
  }
}

class LocalReader implements IncomingDelivery {
  handler: IncomingHandler = DEAF_READER
  settled = false
  readonly #writer: LocalWriter
  readonly #waiting: Buffer[] = []
  #paused = false
  #ended = false
  /** Settled by the reader, or ended, or aborted: nothing more is for it. */
  #over = false

  constructor(writer: LocalWriter) {
    this.#writer = writer
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#deliverWaiting()
    if (!this.#isPaused() && !this.#ended) this.#writer.handler.onDrain()
  }

  update(state: DeliveryState, settled: boolean): void {
    if (this.settled) return
    if (settled) {
      this.settled = true
      this.#finish()
    }
    queueMicrotask(() => {
      this.#writer.handler.onState(state, settled)
    })
  }

  take(chunk: Buffer): boolean {
    if (this.#over) return true
    if (this.#paused) this.#waiting.push(chunk)
    else this.handler.onData(chunk)
    return !this.#isPaused()
  }

  takeEnd(settled: boolean): void {
    if (this.#over || this.#ended) return
    this.#ended = true
    this.settled ||= settled
    if (this.#waiting.length === 0) this.#deliverEnd()
  }

  takeAbort(): void {
    if (this.#over) return
    this.settled = true
    this.#finish()
    this.handler.onAborted()
  }

  // A method, because a handler may pause inside the call that the check follows.
  #isPaused(): boolean {
    return this.#paused
  }

  #deliverWaiting(): void {
    for (let chunk = this.#next(); chunk !== undefined; chunk = this.#next()) this.handler.onData(chunk)
    if (this.#ended && !this.#over && this.#waiting.length === 0) this.#deliverEnd()
  }

  #next(): Buffer | undefined {
    return this.#paused ? undefined : this.#waiting.shift()
  }

  #deliverEnd(): void {
    this.#over = true
    this.handler.onEnd(this.settled)
  }

  #finish(): void {
    this.#over = true
    this.#paused = false
    this.#waiting.length = 0
  }
}
