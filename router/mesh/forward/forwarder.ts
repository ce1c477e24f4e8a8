import type { IncomingDelivery, OutgoingDelivery } from '../../amqp/delivery.ts'
import { decodeMessage, encodeMessage, type DecodedMessage, type Message } from '../../amqp/message.ts'
import { addressKey, temporaryAddress } from '../address.ts'
import { AddressTable, type AddressView, type DeliveryCounts, type Routes } from './address-table.ts'
import { Arrival, type ArrivalHandler } from './arrival.ts'
import type { Place } from './choice.ts'
import type { Hop } from './hop-target.ts'
import { DEFAULT_PRIORITY, type MessageHead } from '../message-head.ts'
import type { Ingress, Origin } from '../origin.ts'
import { forward, onward, openWay, sendCopies, writeOnward } from './onward.ts'
import { passageFromHere, passageOf, trustedAnnotations, type Passage } from './passage.ts'
import { randomToken } from '../random-token.ts'
import {
  DISABLE_Q2,
  originAnnotations,
  RESEND_RELEASED,
  STREAMING,
  type RouterAnnotations,
} from '../router-annotations.ts'
import { HAS_A_DESTINATION, resend } from './resend.ts'
import { encodeStreamHead, type StreamHead } from '../stream-head.ts'
import { ConsumerTarget, LinkTarget, type LinkEndOptions, type Target, type WayOptions } from './target.ts'
import { Transits } from './transits.ts'
import { isMulticast, Treatments, type Treatment } from '../treatments.ts'
import { MAX_WHOLE_BYTES, WholeDelivery } from './whole-delivery.ts'

/**
 * Takes a delivery: sets its handler in this call; `onData` and `onEnd` follow, the end perhaps at once. `first` are
 * the bytes that came with the head: from `head.streamAt` on, or from `head.bodyAt` on where the body is no null.
 */
export type Consumer = (delivery: IncomingDelivery, head: MessageHead, first: Buffer) => void

/** A consumer's place at an address. */
export interface Subscription {
  /** No new deliveries come; those handed over go on. Harmless when called twice. */
  close(): void
}

/** The place of a consumer that may refuse. */
export interface StreamSubscription extends Subscription {
  /** While it rests, deliveries go to others of the address, where there are any. */
  rest(resting: boolean): void
}

export interface SubscribeOptions {
  /** How messages are spread where the configuration says nothing; balanced by default. */
  readonly treatment?: Treatment | undefined
}

/** What the forwarder has done, since its start. */
export interface ForwarderStats {
  forwarded: number
  /** Given back for want of a destination. */
  released: number
  /** Refused as malformed. */
  rejected: number
}

export interface ForwarderOptions {
  readonly routes: Routes
  /** A random number from 0 up to 1. */
  readonly random: () => number
}

/** A message without the streaming flag is kept until it is complete, or until it has grown to this many bytes. */
const MAX_KEPT_BYTES = 256 * 1024

/**
 * The data plane of one router: brings each delivery from where it comes in to a consumer here or to the next router
 * (protocol sheet, sections 2 and 4).
 */
export class Forwarder implements ArrivalHandler {
  readonly treatments = new Treatments()
  readonly transits = new Transits()
  readonly stats: ForwarderStats = { forwarded: 0, released: 0, rejected: 0 }
  readonly #routes: Routes
  readonly #random: () => number
  readonly #table: AddressTable

  constructor(options: ForwarderOptions) {
    this.#routes = options.routes
    this.#random = options.random
    this.#table = new AddressTable(options.routes, this.treatments)
  }

  /** Hands every delivery for `address` to `consumer`. Addresses of class M are known in the whole network meanwhile. */
  subscribe(address: string, consumer: Consumer, options: SubscribeOptions = {}): StreamSubscription {
    const target = new ConsumerTarget(({ delivery, head, bytes }) => {
      consumer(delivery, head, bytes.subarray(head.streamAt ?? head.bodyAt))
    })
    const rest = (resting: boolean): void => {
      target.resting = resting
    }
    return { ...this.#add(address, target, options), rest }
  }

  /** Hands whole messages to `onMessage`, already accepted. Those over 4 MiB are rejected, what is no message dropped. */
  onMessage(
    address: string,
    onMessage: (message: DecodedMessage, origin: Origin) => void,
    options: SubscribeOptions = {},
  ): Subscription {
    const target = new ConsumerTarget(({ delivery, bytes, origin }) => {
      const whole = new WholeDelivery(delivery, (all) => {
        const message = decoded(all)
        if (message === undefined) this.stats.rejected++
        else onMessage(message, origin)
      })
      whole.onData(bytes)
    })
    return this.#add(address, target, options)
  }

  /** Sends the messages for `address` to what `open` opens: without router annotations, unless an edge router is there. */
  subscribeLink(
    address: string,
    open: (options: WayOptions) => OutgoingDelivery | undefined,
    end: LinkEndOptions = {},
  ): Subscription {
    return this.#add(address, new LinkTarget(open, end), {})
  }

  /**
   * Starts a stream: its head is on its way when this returns; raw bytes follow by `write`. Undefined without a
   * destination. The caller sets the delivery's `handler` at once; events come in later turns of the event loop.
   * It goes to none of the places in `tried` if there is another; the place it goes to is added to them.
   */
  open(head: StreamHead, tried: Place[] = []): OutgoingDelivery | undefined {
    const passage = this.#fromHere(head.to)
    const target = this.#table.one(passage, tried)
    if (target !== undefined) tried.push(target.place)
    const outgoing = target?.open({ streaming: true, priority: DEFAULT_PRIORITY })
    if (target === undefined || outgoing === undefined) return undefined
    this.#count(passage, [target])
    const annotations = this.#originAnnotations(STREAMING | DISABLE_Q2)
    writeOnward(outgoing, target, { annotations, rest: encodeStreamHead(head), priority: DEFAULT_PRIORITY })
    return outgoing
  }

  /** Sends a complete message, settled. False if nobody takes it. */
  send(message: Message & { readonly to: string }): boolean {
    const bytes = encodeMessage(message)
    const annotations = this.#originAnnotations(0)
    const priority = message.header?.priority ?? DEFAULT_PRIORITY
    const passage = this.#fromHere(message.to)
    const sent = sendCopies(this.#targets(passage), { annotations, rest: bytes, priority })
    if (sent.length > 0) this.#count(passage, sent)
    return sent.length > 0
  }

  /**
   * Calls `onChange` at once, inside this call, and then at each change: has `address` a consumer anywhere? With `edge`,
   * a consumer that is not behind this connection of an edge router.
   */
  watch(address: string, onChange: (reachable: boolean) => void, edge?: object): () => void {
    return this.#table.watch(this.key(address), onChange, edge)
  }

  reachable(address: string): boolean {
    return this.#table.reachable(this.key(address))
  }

  /** The key of `address` as this router reads it. */
  key(address: string): string {
    const { routerId, space } = this.#routes
    return addressKey(address, routerId, space)
  }

  /** A new address that leads back here. */
  replyAddress(): string {
    return temporaryAddress(this.#routes.routerId, randomToken(this.#random), this.#routes.space)
  }

  /** Deliveries by where they came from and went to. */
  get totals(): Readonly<DeliveryCounts> {
    return this.#table.totals
  }

  addresses(): AddressView[] {
    return this.#table.views()
  }

  /** Every delivery that comes in by a link is given to this. */
  receive(delivery: IncomingDelivery, ingress: Ingress): void {
    new Arrival(delivery, ingress, this)
  }

  addHop(hop: Hop): void {
    this.#table.addHop(hop)
  }

  removeHop(hop: Hop): void {
    this.#table.removeHop(hop)
  }

  /** To be called when the holders of `key` may have changed. */
  onAddress(key: string): void {
    this.#table.refresh(key)
  }

  /** To be called when routes have changed. */
  onTopology(): void {
    this.#table.refreshAll()
  }

  onHead(arrival: Arrival, head: MessageHead): void {
    const passage = passageOf(arrival.ingress, head, this.#routes)
    if (passage === undefined) this.#release(arrival)
    else if (isMulticast(this.#table.treatment(passage.key))) this.#spread(arrival, head, passage)
    else this.#passOn(arrival, head, passage)
  }

  onMalformed(arrival: Arrival): void {
    this.#reject(arrival, 'amqp:invalid-field')
  }

  #passOn(arrival: Arrival, head: MessageHead, passage: Passage): void {
    if (mayResend(arrival, head)) {
      this.#resend(arrival, head, passage)
      return
    }
    const target = this.#table.one(passage)
    if (target instanceof ConsumerTarget) {
      this.#table.count(passage, [target])
      target.take(arrival, head)
    } else if (target === undefined) this.#release(arrival)
    else if (arrival.mayWait && arrival.size < MAX_KEPT_BYTES) return
    else if (forward(arrival, { target, transits: this.transits }, onward(arrival, head, this.#routes))) {
      this.#count(passage, [target])
    } else this.#release(arrival)
  }

  /** Each place that the message may go to is tried once, until one keeps it. */
  #resend(arrival: Arrival, head: MessageHead, passage: Passage): void {
    const tried: Place[] = []
    const message = onward(arrival, head, this.#routes)
    const next = (): OutgoingDelivery | undefined => {
      const target = this.#table.one(passage, tried)
      if (target === undefined || tried.includes(target.place)) return undefined
      tried.push(target.place)
      const outgoing = openWay(arrival, { target, transits: this.transits }, message)
      if (outgoing === undefined) return next()
      this.#count(passage, [target])
      if (target instanceof ConsumerTarget && arrival.ended === undefined) {
        arrival.delivery.update(HAS_A_DESTINATION, false)
      }
      writeOnward(outgoing, target, message)
      return outgoing
    }
    if (arrival.mayWait && arrival.size < MAX_KEPT_BYTES) return
    if (!resend(arrival.delivery, next, arrival.ended)) this.#release(arrival)
  }

  /** Copies go out settled, and once there is at least one the message counts as accepted: nobody waits for the slowest. */
  #spread(arrival: Arrival, head: MessageHead, passage: Passage): void {
    if (arrival.size > MAX_WHOLE_BYTES) this.#reject(arrival, 'amqp:link:message-size-exceeded')
    else if (arrival.ended === undefined) return
    else {
      const sent = sendCopies(this.#table.all(passage), onward(arrival, head, this.#routes))
      if (sent.length === 0) {
        this.#release(arrival)
        return
      }
      this.#count(passage, sent)
      arrival.close({ kind: 'accepted' })
    }
  }

  #count(passage: Passage, targets: readonly Target[]): void {
    this.stats.forwarded++
    this.#table.count(passage, targets)
  }

  #release(arrival: Arrival): void {
    this.stats.released++
    arrival.close({ kind: 'released' })
  }

  #reject(arrival: Arrival, condition: string): void {
    this.stats.rejected++
    arrival.close({ kind: 'rejected', condition })
  }

  #add(address: string, target: Target, { treatment }: SubscribeOptions): Subscription {
    const key = this.key(address)
    this.#table.addLocal(key, target, treatment)
    return {
      close: () => {
        this.#table.removeLocal(key, target)
      },
    }
  }

  #targets(passage: Passage): Target[] {
    if (isMulticast(this.#table.treatment(passage.key))) return this.#table.all(passage)
    const target = this.#table.one(passage)
    return target === undefined ? [] : [target]
  }

  #fromHere(address: string): Passage {
    return passageFromHere(this.key(address), this.#routes.routerId)
  }

  #originAnnotations(flags: number): RouterAnnotations {
    const { routerId, space } = this.#routes
    return originAnnotations(routerId, flags, space.mode)
  }
}

/** What is settled already is nobody's to give back. */
function mayResend({ ended, ingress }: Arrival, head: MessageHead): boolean {
  const isFlagged = ((head.annotations?.flags ?? 0) & RESEND_RELEASED) !== 0
  return isFlagged && ended?.settled !== true && trustedAnnotations(ingress, head) !== undefined
}

function decoded(bytes: Buffer): DecodedMessage | undefined {
  try {
    return decodeMessage(bytes)
  } catch {
    return undefined
  }
}
