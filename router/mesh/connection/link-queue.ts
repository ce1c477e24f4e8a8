import type { DeliveryState, OutgoingDelivery, OutgoingHandler } from '../../amqp/delivery.ts'
import type { Sender } from '../../amqp/sender.ts'
import { DEAF_WRITER } from './deaf-handlers.ts'

/** What a queue needs of an AMQP sending link. */
export type CreditedSender = Pick<Sender, 'credit' | 'idle' | 'send'>

/** What may wait in a queue for credit, in all its deliveries together. */
export interface QueueLimits {
  readonly bytes: number
  readonly deliveries: number
}

/** How a delivery is put on a link. */
export interface OpenOptions {
  /** Sent as settled from the start: no disposition will come. */
  readonly settled?: boolean
  /** Called once, when the delivery is settled, ended as settled, aborted or lost. */
  readonly onDone?: (() => void) | undefined
}

const DEFAULT_LIMITS: QueueLimits = { bytes: 8 * 1024 * 1024, deliveries: 1000 }
/** A delivery that waits for credit asks its writer to pause above this. */
const WAITING_HIGH_WATER_BYTES = 64 * 1024

/** The deliveries of one sending link that wait, in order, until the peer has given credit for them. */
export class LinkQueue {
  readonly #sender: CreditedSender
  readonly #limits: QueueLimits
  readonly #waiting: QueuedDelivery[] = []
  #waitingBytes = 0
  #unfinished = 0
  #lost = false

  constructor(sender: CreditedSender, limits: QueueLimits = DEFAULT_LIMITS) {
    this.#sender = sender
    this.#limits = limits
  }

  /** Nothing waits, and all that was opened has left and is settled. */
  get idle(): boolean {
    return this.#unfinished === 0 && this.#sender.idle
  }

  /** How many deliveries were opened and are not settled. */
  get unfinished(): number {
    return this.#unfinished
  }

  /** A delivery that starts when its turn and credit have come; undefined when the queue is full or its link lost. */
  open(options: OpenOptions = {}): OutgoingDelivery | undefined {
    if (this.#lost || this.#waiting.length >= this.#limits.deliveries) return undefined
    if (this.#waitingBytes >= this.#limits.bytes) return undefined
    const delivery = new QueuedDelivery(this, options)
    this.#waiting.push(delivery)
    this.#unfinished++
    this.pump()
    return delivery
  }

  /** To be called when the link has got credit. */
  pump(): void {
    while (this.#waiting.length > 0 && this.#sender.credit > 0) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#waitingBytes -= next.waitingBytes
      next.start(this.#sender.send({ settled: next.presettled }))
    }
  }

  /** To be called when the link is gone. The engine itself tells the deliveries that were started. */
  lose(): void {
    this.#lost = true
    for (const delivery of this.#waiting.splice(0)) delivery.onLost()
  }

  /** A waiting delivery got more bytes. */
  grow(bytes: number): void {
    this.#waitingBytes += bytes
  }

  /** Forgets a delivery that may still be waiting. */
  withdraw(delivery: QueuedDelivery): void {
    const at = this.#waiting.indexOf(delivery)
    if (at < 0) return
    this.#waiting.splice(at, 1)
    this.#waitingBytes -= delivery.waitingBytes
  }

  finish(): void {
    this.#unfinished--
  }
}

/** Keeps what is written until the link takes it, then passes everything through. */
class QueuedDelivery implements OutgoingDelivery, OutgoingHandler {
  handler: OutgoingHandler = DEAF_WRITER
  readonly presettled: boolean
  waitingBytes = 0
  readonly #queue: LinkQueue
  readonly #onDone: (() => void) | undefined
  #onLink: OutgoingDelivery | undefined
  #waiting: Buffer[] = []
  #endWaits: { readonly settled: boolean } | undefined
  #done = false

  constructor(queue: LinkQueue, options: OpenOptions) {
    this.#queue = queue
    this.#onDone = options.onDone
    this.presettled = options.settled ?? false
  }

  write(chunk: Buffer): boolean {
    if (this.#onLink !== undefined) return this.#onLink.write(chunk)
    // A lost delivery takes everything and keeps nothing.
    if (this.#done) return true
    this.#waiting.push(chunk)
    this.waitingBytes += chunk.length
    this.#queue.grow(chunk.length)
    return this.waitingBytes < WAITING_HIGH_WATER_BYTES
  }

  end(settled = false): void {
    if (this.#onLink === undefined) {
      this.#endWaits = { settled }
      return
    }
    this.#onLink.end(settled)
    if (settled || this.presettled) this.#finish()
  }

  abort(): void {
    this.#onLink?.abort()
    this.#queue.withdraw(this)
    this.#finish()
  }

  /** The link takes it from here. */
  start(onLink: OutgoingDelivery): void {
    const wasFull = this.waitingBytes >= WAITING_HIGH_WATER_BYTES
    this.#onLink = onLink
    onLink.handler = this
    let taken = true
    for (const chunk of this.#waiting) taken = onLink.write(chunk)
    this.#waiting = []
    if (this.#endWaits !== undefined) this.end(this.#endWaits.settled)
    else if (wasFull && taken) this.handler.onDrain()
  }

  onState(state: DeliveryState | undefined, settled: boolean): void {
    if (settled) this.#finish()
    this.handler.onState(state, settled)
  }

  onDrain(): void {
    this.handler.onDrain()
  }

  onLost(): void {
    this.#waiting = []
    this.#finish()
    this.handler.onLost()
  }

  #finish(): void {
    if (this.#done) return
    this.#done = true
    this.#queue.finish()
    this.#onDone?.()
  }
}
