import type { Fields } from './composite.ts'
import type { DeliveryState } from './delivery.ts'
import { readState } from './delivery-state.ts'
import type { Flusher, Pumpable } from './flusher.ts'
import type { Outbox } from './outbox.ts'
import type { TransferHead } from './transfer.ts'

/** A delivery of which the peer may still speak. */
interface Unsettled {
  readonly link: object
  onLost(): void
  onState(state: DeliveryState | undefined, settled: boolean): void
}

/** The sending half of a session: its frame window at the peer, its numbers, and what the peer has not settled yet. */
export class SessionOutput {
  readonly outbox: Outbox
  /** The largest frame to send, in bytes. */
  readonly frameSize: number
  /** Filled in for each transfer: one object for all of them. */
  readonly head: TransferHead
  readonly #flusher: Flusher
  readonly #unsettled = new Map<number, Unsettled>()
  #blocked: Pumpable[] = []
  #nextFrameId = 0
  #nextDeliveryId = 0
  #window = 0

  constructor(flusher: Flusher, channel: number, frameSize: number) {
    this.#flusher = flusher
    this.outbox = flusher.outbox
    this.frameSize = frameSize
    this.head = { channel, handle: 0, deliveryId: 0, tag: undefined, aborted: false }
  }

  get nextFrameId(): number {
    return this.#nextFrameId
  }

  /** The peer takes more transfer frames. */
  get open(): boolean {
    return this.#window > 0
  }

  /** The links that are to be woken when the window opens again. */
  block(link: Pumpable): void {
    this.#blocked.push(link)
  }

  register(delivery: Unsettled, settled: boolean): number {
    const id = this.#nextDeliveryId
    this.#nextDeliveryId = (id + 1) >>> 0
    if (!settled) this.#unsettled.set(id, delivery)
    return id
  }

  forget(id: number): void {
    this.#unsettled.delete(id)
  }

  /** One transfer frame has gone. */
  onFrame(): void {
    this.#nextFrameId = (this.#nextFrameId + 1) >>> 0
    this.#window--
  }

  /** What a begin or flow says of the peer's incoming window (AMQP 1.0, part 2.5.6). */
  onWindow({
    nextIncomingId = 0,
    incomingWindow,
  }: {
    nextIncomingId?: number | undefined
    incomingWindow: number
  }): void {
    const inFlight = (this.#nextFrameId - nextIncomingId) >>> 0
    this.#window = incomingWindow - inFlight
    if (this.#window <= 0 || this.#blocked.length === 0) return
    const blocked = this.#blocked
    this.#blocked = []
    for (const link of blocked) this.#flusher.wake(link)
  }

  /** A receiver's disposition over one delivery or a range of them. */
  onDisposition({ first, last = first, settled = false, state: value }: Fields<'disposition'>): void {
    const state = readState(value)
    for (const id of this.#idsIn(first, last)) {
      const delivery = this.#unsettled.get(id)
      if (settled) this.#unsettled.delete(id)
      delivery?.onState(state, settled)
    }
  }

  /** Tells the unsettled deliveries of `link`, or all, that nothing more comes. */
  lose(link?: object): void {
    for (const [id, delivery] of this.#unsettled) {
      if (link !== undefined && delivery.link !== link) continue
      this.#unsettled.delete(id)
      delivery.onLost()
    }
  }

  /** A peer may name a range of four billion: then it is the deliveries that are gone through. */
  #idsIn(first: number, last: number): number[] {
    const span = (last - first) >>> 0
    if (span === 0) return [first]
    if (span < this.#unsettled.size) return Array.from({ length: span + 1 }, (_, i) => (first + i) >>> 0)
    return [...this.#unsettled.keys()].filter((id) => (id - first) >>> 0 <= span)
  }
}
