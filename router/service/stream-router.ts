import { uint } from '../amqp/value.ts'
import type { IncomingDelivery, OutgoingDelivery } from '../amqp/delivery.ts'
import type { Place } from '../mesh/forward/choice.ts'

/** The content type that marks a delivery as a TCP stream (protocol sheet, section 4). */
export const STREAM_CONTENT_TYPE = 'application/octet-stream'

/** Said in the head of each stream: the version of the way streams are carried. */
export const STREAM_PROPERTIES: ReadonlyMap<string, unknown> = new Map([['V', uint(1)]])

/**
 * What the TCP services need of the router: streams out, streams in, and whether an address has a target.
 * The mesh's forwarder satisfies it; tests use one in memory.
 */
export interface StreamRouter {
  /**
   * Starts a stream towards `head.to`: its head is on its way when this returns, raw bytes follow by `write`.
   * Undefined means that nobody takes that address. It goes to none of the places in `tried` if there is another, and
   * the place it goes to is added to them.
   */
  open(head: StreamHead, tried?: Place[]): OutgoingDelivery | undefined
  /** Hands every delivery for `address` to `consumer`, until closed. Deliveries already handed over go on. */
  subscribe(address: string, consumer: StreamConsumer): StreamSubscription
  /** Calls `onChange` at each change, and inside this call if it is so now: `address` has a consumer somewhere. */
  watch(address: string, onChange: (reachable: boolean) => void): () => void
  /** A new address that leads back to this router, for one answer. */
  replyAddress(): string
}

export interface StreamSubscription {
  close(): void
  /** While it rests, deliveries go to others, where there are any. */
  rest(resting: boolean): void
}

/** The head of a stream that we send. */
export interface StreamHead {
  readonly to: string
  readonly replyTo?: string
  readonly correlationId?: string
  readonly contentType: string
  readonly applicationProperties: ReadonlyMap<string, unknown>
}

/** What we read of the head of a stream that comes in. */
export interface ReceivedHead {
  readonly contentType?: string | undefined
  readonly replyTo?: string | undefined
  /** The encoded map of the application properties. */
  readonly applicationProperties?: Buffer | undefined
  /** The identity of the client's flow record, where the other router says one. */
  readonly correlationId?: unknown
  /** The routers it has passed. */
  readonly annotations?: { readonly trace: readonly string[] } | undefined
}

/** Takes a delivery: sets its handler in this call. `first` holds the raw bytes that came with the head. */
export type StreamConsumer = (delivery: IncomingDelivery, head: ReceivedHead, first: Buffer) => void
