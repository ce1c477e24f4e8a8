import type { DeliveryState, IncomingDelivery, IncomingHandler } from '../../amqp/delivery.ts'
import { DEAF_READER } from '../connection/deaf-handlers.ts'
import { parseHead, type MessageHead } from '../message-head.ts'
import type { Ingress } from '../origin.ts'
import { STREAMING } from '../router-annotations.ts'

/** Told about an arrival each time there is more to decide on. */
export interface ArrivalHandler {
  /** The head is there, for the first time or with more bytes, or with the end. Bytes come again as long as nobody takes it. */
  onHead(arrival: Arrival, head: MessageHead): void
  /** The bytes are no message. */
  onMalformed(arrival: Arrival): void
}

/** A delivery on its way in whose destination is not chosen yet: it collects bytes until somebody sets another handler. */
export class Arrival implements IncomingHandler {
  readonly delivery: IncomingDelivery
  readonly ingress: Ingress
  /** Undefined while the delivery is open. */
  ended: { readonly settled: boolean } | undefined
  readonly #handler: ArrivalHandler
  #chunks: Buffer[] = []
  #size = 0
  #head: MessageHead | undefined

  constructor(delivery: IncomingDelivery, ingress: Ingress, handler: ArrivalHandler) {
    this.delivery = delivery
    this.ingress = ingress
    this.#handler = handler
    delivery.handler = this
  }

  /** Bytes collected so far. */
  get size(): number {
    return this.#size
  }

  /** True if bytes must be passed on as they come, for their sender may wait for an answer to them. */
  get streaming(): boolean {
    return this.ingress.streaming === true || ((this.#head?.annotations?.flags ?? 0) & STREAMING) !== 0
  }

  /** All bytes so far in one piece. */
  bytes(): Buffer {
    const [first = EMPTY] = this.#chunks
    if (this.#chunks.length <= 1) return first
    const joined = Buffer.concat(this.#chunks, this.#size)
    this.#chunks = [joined]
    return joined
  }

  /** False once there is nothing to wait for: it has ended, or must be passed on as it comes. */
  get mayWait(): boolean {
    return this.ended === undefined && !this.streaming
  }

  /** Ends it here with `state`; what still comes is dropped. */
  close(state: DeliveryState): void {
    this.#chunks = []
    this.delivery.handler = DEAF_READER
    if (!this.delivery.settled) this.delivery.update(state, true)
  }

  onData(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    this.#decide('partial')
  }

  onEnd(settled: boolean): void {
    this.ended = { settled }
    this.#decide('whole')
  }

  onAborted(): void {
    this.#chunks = []
  }

  #decide(extent: 'partial' | 'whole'): void {
    const head = this.#head ?? this.#parse(extent)
    if (head === undefined) return
    this.#head = head
    this.#handler.onHead(this, head)
  }

  #parse(extent: 'partial' | 'whole'): MessageHead | undefined {
    try {
      const head = extent === 'whole' ? parseHead(this.bytes(), extent) : parseHead(this.bytes())
      return head === 'incomplete' ? undefined : head
    } catch {
      this.#handler.onMalformed(this)
      return undefined
    }
  }
}

const EMPTY = Buffer.alloc(0)
