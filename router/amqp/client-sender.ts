import { SkupperError } from '../../core/model/error.ts'
import type { DeliveryState, OutgoingDelivery } from './delivery.ts'
import { Fifo } from './fifo.ts'
import type { Pending } from './pending.ts'
import type { Sender, SenderHandler } from './sender.ts'

/** A whole message on its way. */
export interface Parcel {
  readonly bytes: Buffer
  /** Pre-settled: done as soon as it is handed over. */
  readonly settled: boolean
  readonly pending: Pending<void>
}

/** Sends whole messages on one link, as its credit allows; each parcel hears of its outcome. */
export class ClientSender implements SenderHandler {
  readonly #onGone: () => void
  readonly #waiting = new Fifo<Parcel>()
  #link: Sender | undefined

  constructor(onGone: () => void) {
    this.#onGone = onGone
  }

  /** To be called once, with the link this is the handler of. */
  use(link: Sender): void {
    this.#link = link
  }

  get idle(): boolean {
    return this.#waiting.length === 0 && this.#link?.idle === true
  }

  send(parcel: Parcel): void {
    this.#waiting.push(parcel)
    this.onCredit()
  }

  detach(): void {
    this.#link?.detach()
  }

  onCredit(): void {
    const link = this.#link
    while (link !== undefined && link.credit > 0) {
      const parcel = this.#waiting.shift()
      if (parcel === undefined) return
      if (!parcel.pending.settled) dispatch(link.send({ settled: parcel.settled }), parcel)
    }
  }

  onDetached(error?: SkupperError): void {
    this.#onGone()
    const reason = error ?? new SkupperError('amqp/detached', 'the link was detached before the message was sent')
    for (let parcel = this.#waiting.shift(); parcel !== undefined; parcel = this.#waiting.shift()) {
      parcel.pending.reject(reason)
    }
  }
}

function dispatch(delivery: OutgoingDelivery, { bytes, settled, pending }: Parcel): void {
  delivery.handler = {
    onState: (state, final) => {
      if (state?.kind === 'accepted') pending.resolve()
      else if (final) pending.reject(refusal(state))
    },
    onDrain: () => undefined,
    onLost: () => {
      pending.reject(new SkupperError('amqp/detached', 'the link was lost before the message was settled'))
    },
  }
  delivery.write(bytes)
  delivery.end()
  if (settled) pending.resolve()
}

function refusal(state: DeliveryState | undefined): SkupperError {
  const outcome = state?.kind ?? 'settled without outcome'
  const why = state?.kind === 'rejected' ? ` (${state.condition ?? ''}: ${state.description ?? ''})` : ''
  return new SkupperError('amqp/not-accepted', `the message was not accepted: ${outcome}${why}`, { given: outcome })
}
