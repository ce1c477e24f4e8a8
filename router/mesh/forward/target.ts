import type { IncomingDelivery, OutgoingDelivery } from '../../amqp/delivery.ts'
import { Arrival } from './arrival.ts'
import type { Candidate, Place } from './choice.ts'
import { CountedDelivery } from './counted-delivery.ts'
import { localPipe } from './local-pipe.ts'
import type { OpenOptions } from '../connection/link-queue.ts'
import type { MessageHead } from '../message-head.ts'
import type { Origin } from '../origin.ts'

/** A delivery with its head, as it is handed to a consumer. */
export interface Taken {
  readonly delivery: IncomingDelivery
  readonly head: MessageHead
  /** All that has come so far, the head included. */
  readonly bytes: Buffer
  readonly origin: Origin
}

/** What is known of a delivery when a way for it is opened. */
export interface WayOptions extends OpenOptions {
  /** It is still open, or may be: it gets a link of its own. */
  readonly streaming: boolean
  /** 0 to 9. */
  readonly priority: number
}

/** Somewhere a message may be sent. */
export interface Target extends Candidate {
  /** The edge router's connection it leads to: what came from there does not go back. */
  readonly edge?: object | undefined
  /** Whether the router annotations go along. */
  readonly annotated: boolean
  /** A delivery towards it, or undefined if it takes none now. */
  open(options: WayOptions): OutgoingDelivery | undefined
}

/** A consumer in this process. It takes deliveries while they are still arriving. */
export class ConsumerTarget implements Target {
  readonly annotated = true
  readonly cost = 0
  outstanding = 0
  resting = false
  readonly #consume: (taken: Taken) => void

  /** `consume` sets the delivery's handler in its call; `onData` and `onEnd` follow, the end perhaps at once. */
  constructor(consume: (taken: Taken) => void) {
    this.#consume = consume
  }

  get place(): Place {
    return this
  }

  /** Hands over what arrives on a link as it is: nothing is put between that costs per chunk. */
  take(arrival: Arrival, head: MessageHead): void {
    this.outstanding++
    const delivery = new CountedDelivery(arrival.delivery, () => this.outstanding--)
    this.#consume({ delivery, head, bytes: arrival.bytes(), origin: arrival.ingress.origin })
    if (arrival.ended !== undefined) delivery.onEnd(arrival.ended.settled)
  }

  open(): OutgoingDelivery {
    const { incoming, outgoing } = localPipe()
    new Arrival(incoming, FROM_HERE, {
      onHead: (arrival, head) => {
        this.take(arrival, head)
      },
      onMalformed: () => {
        incoming.update({ kind: 'rejected' }, true)
      },
    })
    return outgoing
  }
}

const FROM_HERE = { origin: { kind: 'self' } } as const

/** Who is at the other end of a link: a client, unless said otherwise. */
export interface LinkEndOptions {
  /** The connection of an edge router, which reads router annotations. */
  readonly edge?: object | undefined
}

/** A link of this router that leads to a consumer outside, such as a client's. */
export class LinkTarget implements Target {
  readonly annotated: boolean
  readonly edge: object | undefined
  readonly resting = false
  readonly cost = 0
  outstanding = 0
  readonly #open: (options: WayOptions) => OutgoingDelivery | undefined

  constructor(open: (options: WayOptions) => OutgoingDelivery | undefined, { edge }: LinkEndOptions = {}) {
    this.#open = open
    this.edge = edge
    this.annotated = edge !== undefined
  }

  get place(): Place {
    return this
  }

  open(options: WayOptions): OutgoingDelivery | undefined {
    const onDone = (): void => {
      this.outstanding--
      options.onDone?.()
    }
    const outgoing = this.#open({ ...options, onDone })
    if (outgoing !== undefined) this.outstanding++
    return outgoing
  }
}
