import type {
  DeliveryState,
  IncomingDelivery,
  IncomingHandler,
  OutgoingDelivery,
  OutgoingHandler,
} from '../../amqp/delivery.ts'

/**
 * Joins a delivery that comes in to the one that carries it on, and becomes the handler of both. `hasEnded` says that
 * the end has come before.
 */
export function pipe(source: IncomingDelivery, sink: OutgoingDelivery, hasEnded = false): void {
  const joint = new Pipe(source, sink, hasEnded)
  source.handler = joint
  sink.handler = joint
}

/**
 * Bytes run from source to sink; pauses, dispositions and settlement run back (protocol sheet, section 2, "A TRANSIT
 * router must"). Nothing is made per chunk.
 */
class Pipe implements IncomingHandler, OutgoingHandler {
  readonly #source: IncomingDelivery
  readonly #sink: OutgoingDelivery
  /** The way on is gone: what still comes is read and dropped until its sender has noticed. */
  #lost = false
  #ended: boolean
  #outcome: DeliveryState = { kind: 'accepted' }

  constructor(source: IncomingDelivery, sink: OutgoingDelivery, hasEnded: boolean) {
    this.#source = source
    this.#sink = sink
    this.#ended = hasEnded
  }

  onData(chunk: Buffer): void {
    if (!this.#lost && !this.#sink.write(chunk)) this.#source.pause()
  }

  onEnd(settled: boolean): void {
    this.#ended = true
    if (!this.#lost) this.#sink.end(settled)
    else if (!this.#source.settled) this.#source.update(RELEASED, true)
  }

  onAborted(): void {
    if (!this.#lost) this.#sink.abort()
  }

  onState(state: DeliveryState | undefined, settled: boolean): void {
    // A settlement without a state confirms the outcome that was sent ahead of it.
    if (state !== undefined && state.kind !== 'received') this.#outcome = state
    if (!this.#source.settled) this.#source.update(state ?? this.#outcome, settled)
    // The receiver takes no more: the sender must be able to finish.
    if (settled) this.#source.resume()
  }

  onDrain(): void {
    this.#source.resume()
  }

  /** What is given back in the middle is settled at its end, as real routers do: settled before, they tell nobody. */
  onLost(): void {
    this.#lost = true
    if (!this.#source.settled) this.#source.update(RELEASED, this.#ended)
    this.#source.resume()
  }
}

const RELEASED: DeliveryState = { kind: 'released' }
