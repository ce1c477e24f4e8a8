import type { SkupperError } from '../../core/model/error.ts'
import type { Cause } from './conditions.ts'
import type { OutgoingDelivery } from './delivery.ts'
import type { Terminus } from './terminus.ts'

/** Told to the owner of a sending link. */
export interface SenderHandler {
  /** The peer has attached its end: `source` and `target` are now what the peer says. Not for links the peer opened. */
  onAttached?(): void
  /** There is credit where there was none: `send` may be called. */
  onCredit(): void
  /** The link is gone, exactly once. `error.given` is the AMQP condition where the peer gave one. */
  onDetached(error?: SkupperError): void
}

export interface SendOptions {
  /** Pre-settled: the delivery is forgotten as soon as it is sent. */
  settled?: boolean
  /** At most 32 bytes; by default the delivery's number. */
  tag?: Buffer
}

/** The sending end of a link. */
export interface Sender {
  readonly role: 'sender'
  readonly name: string
  readonly source: Terminus | undefined
  readonly target: Terminus | undefined
  handler: SenderHandler
  /** How many more deliveries the receiver takes. */
  readonly credit: number
  /** True while no delivery is queued or open on the link. */
  readonly idle: boolean
  /** Answers a link the peer opened; what is left out is what the peer asked for. */
  accept(o?: { source?: Terminus; target?: Terminus }): void
  refuse(condition: string, description?: string): void
  /**
   * Begins a delivery and takes one credit. The caller sets `handler` of what it gets. Deliveries of one link leave in
   * the order of their `send`, each after the end of the one before.
   *
   * @throws SkupperError `amqp/no-credit` without credit, `amqp/detached` on a link that is gone.
   */
  send(o?: SendOptions): OutgoingDelivery
  /** Detaches (closes) the link after what was ended is sent; an open delivery is aborted. Harmless when called twice. */
  detach(cause?: Cause): void
}
