import type {
  DeliveryState,
  IncomingDelivery,
  IncomingHandler,
  OutgoingDelivery,
  OutgoingHandler,
} from '../../amqp/delivery.ts'
import { DEAF_WRITER } from '../connection/deaf-handlers.ts'
import { pipe } from './pipe.ts'

/** A way that a message was put on: its head has been written. */
export type NextWay = () => OutgoingDelivery | undefined

/** Said of a message that will not be given back for want of a destination. */
export const HAS_A_DESTINATION: DeliveryState = { kind: 'received', offset: 0 }
/** What is kept of a message for another try. One that grows beyond stays on the way it is on. */
const MAX_KEPT_BYTES = 256 * 1024

/**
 * Joins a delivery to the first way that `next` opens, and to the next one each time it is given back, until somebody
 * has it or no way is left (flag resend-released; protocol sheet, section 5). With `ended` all of it was written with
 * the head. False if there is no way at all; the delivery is then untouched.
 */
export function resend(source: IncomingDelivery, next: NextWay, ended?: { readonly settled: boolean }): boolean {
  const sink = next()
  if (sink === undefined) return false
  const joint = new Resending(source, sink, next)
  source.handler = joint
  sink.handler = joint
  if (ended !== undefined) joint.onEnd(ended.settled)
  return true
}

/** Keeps what comes, for the next try, until it is known that somebody has the message: then it is a plain pipe. */
class Resending implements IncomingHandler, OutgoingHandler {
  readonly #source: IncomingDelivery
  readonly #next: NextWay
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  #sink: OutgoingDelivery
  #ended: { readonly settled: boolean } | undefined

  constructor(source: IncomingDelivery, sink: OutgoingDelivery, next: NextWay) {
    this.#source = source
    this.#sink = sink
    this.#next = next
  }

  onData(chunk: Buffer): void {
    this.#kept.push(chunk)
    this.#keptBytes += chunk.length
    if (!this.#sink.write(chunk)) this.#source.pause()
    if (this.#keptBytes <= MAX_KEPT_BYTES) return
    // Routers before this one keep it, too, until they are told that it need not come again.
    if (!this.#source.settled) this.#source.update(HAS_A_DESTINATION, false)
    this.#stay()
  }

  onEnd(settled: boolean): void {
    this.#ended = { settled }
    this.#sink.end(settled)
  }

  onAborted(): void {
    this.#sink.abort()
  }

  onState(state: DeliveryState | undefined, settled: boolean): void {
    if (state?.kind === 'released' && this.#tryNext()) return
    this.#stay().onState(state, settled)
  }

  onDrain(): void {
    this.#source.resume()
  }

  onLost(): void {
    if (!this.#tryNext()) this.#stay().onLost()
  }

  #tryNext(): boolean {
    const sink = this.#next()
    if (sink === undefined) return false
    const given = this.#sink
    given.handler = DEAF_WRITER
    // The receiver may still wait for the end of what it gave back.
    if (this.#ended === undefined) given.end(true)
    this.#sink = sink
    sink.handler = this
    let taken = true
    for (const chunk of this.#kept) taken = sink.write(chunk)
    if (this.#ended !== undefined) sink.end(this.#ended.settled)
    else if (taken) this.#source.resume()
    else this.#source.pause()
    return true
  }

  /** Nothing is kept any more: from now on it is on the way it is on. */
  #stay(): OutgoingHandler {
    this.#kept.length = 0
    pipe(this.#source, this.#sink, this.#ended !== undefined)
    return this.#sink.handler
  }
}
