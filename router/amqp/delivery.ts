/**
 * What a receiver says of a delivery (AMQP 1.0, part 3.4). `received` is not terminal: on a TCP stream its `offset`
 * counts the bytes that were written to the far socket (protocol sheet, section 4.7).
 */
export type DeliveryState =
  | { readonly kind: 'received'; readonly offset: number }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly condition?: string; readonly description?: string }
  | { readonly kind: 'released' }
  | { readonly kind: 'modified'; readonly deliveryFailed: boolean; readonly undeliverableHere: boolean }

/** Told to whoever writes an outgoing delivery. */
export interface OutgoingHandler {
  /** The receiver's disposition. After `settled` nothing more comes. `state` is undefined for a bare settlement. */
  onState(state: DeliveryState | undefined, settled: boolean): void
  /** What `write` answered false to has been taken: write again. */
  onDrain(): void
  /** The link or its connection went away before the delivery was settled; nothing more comes. */
  onLost(): void
}

/** A delivery on its way out: may stay open for hours. One is written by exactly one owner, who sets `handler` at once. */
export interface OutgoingDelivery {
  handler: OutgoingHandler
  /**
   * Queues `chunk`, which must not change afterwards. False asks the writer to wait for `onDrain`. Once the delivery is
   * ended, lost or settled by its receiver, what is written is dropped and the answer is true.
   */
  write(chunk: Buffer): boolean
  /** Ends the delivery. With `settled` it is forgotten: no disposition will come. */
  end(settled?: boolean): void
  /** Ends it as aborted and settled: the receiver drops what it has. What has not left yet never does. */
  abort(): void
}

/** Told to whoever reads an incoming delivery. */
export interface IncomingHandler {
  /** The next bytes, in order; they may be kept. */
  onData(chunk: Buffer): void
  /** The last byte has come. With `settled` no disposition is awaited. */
  onEnd(settled: boolean): void
  /** The sender aborted, or its link or connection went away: nothing more comes. */
  onAborted(): void
}

/** A delivery on its way in. Its one reader sets `handler` in the call that hands it over; bytes follow in later calls. */
export interface IncomingDelivery {
  handler: IncomingHandler
  /** True once the sender has settled it: dispositions are pointless then. */
  readonly settled: boolean
  /** Stops `onData` and lets the sender feel it: its session window is not refilled. */
  pause(): void
  /** Goes on, at once with what was held back: `onData` and `onEnd` may come within this call. */
  resume(): void
  /** Sends a disposition. With `settled` it is the last one, and whatever has not been read yet is dropped unheard. */
  update(state: DeliveryState, settled: boolean): void
}
