import type { SkupperError } from '../../core/model/error.ts'
import type { IncomingDelivery } from './delivery.ts'
import type { Cause } from './conditions.ts'
import type { Terminus } from './terminus.ts'

/** Told to the owner of a receiving link. */
export interface ReceiverHandler {
  /** The peer has attached its end: `source` and `target` are now what the peer says. Not for links the peer opened. */
  onAttached?(): void
  /** A delivery begins. The reader sets its `handler` before this call returns. */
  onDelivery(delivery: IncomingDelivery): void
  /** The answer to `drain`: no credit is left at the sender. */
  onDrained?(): void
  /** The link is gone, exactly once. `error.given` is the AMQP condition where the peer gave one. */
  onDetached(error?: SkupperError): void
}

/** The receiving end of a link. */
export interface Receiver {
  readonly role: 'receiver'
  readonly name: string
  readonly source: Terminus | undefined
  readonly target: Terminus | undefined
  handler: ReceiverHandler
  /** Credit the sender has left, as far as is known here. */
  readonly credit: number
  /** True while no delivery is under way on the link, or waits in its session to be settled. */
  readonly idle: boolean
  /**
   * Answers a link the peer opened; what is left out is what the peer asked for. With `credit` the engine gives that
   * much and renews it as deliveries end; without it the owner gives credit by `addCredit`.
   */
  accept(o?: { source?: Terminus; target?: Terminus; credit?: number }): void
  refuse(condition: string, description?: string): void
  /** From now on the engine keeps the credit at `credit`; 0 renews it no more, and takes back none that was given. */
  renewCredit(credit: number): void
  /** Lets the sender send `count` more deliveries. */
  addCredit(count: number): void
  /** Asks the sender to use up or give back its credit. */
  drain(): void
  /** Detaches (closes) the link. Harmless when called twice. */
  detach(cause?: Cause): void
}
