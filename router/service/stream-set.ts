import type { SkupperError } from '../../core/model/error.ts'
import { SocketBudget } from './socket-budget.ts'

/** A connection that a service carries, from accept or dial to its very end. */
export interface LiveStream {
  /** Resets it, on the socket and in the network. */
  destroy(reason: SkupperError): void
}

/** What a listener or connector has carried since it was made. */
export interface Traffic {
  readonly connectionsOpened: number
  readonly connectionsClosed: number
  /** Bytes read from our sockets. */
  readonly bytesIn: number
  /** Bytes written to our sockets. */
  readonly bytesOut: number
}

/** The live connections of one listener or connector. */
export class StreamSet implements Traffic {
  readonly #live = new Set<LiveStream>()
  readonly #budget: SocketBudget
  #waiting: (() => void)[] = []
  connectionsOpened = 0
  connectionsClosed = 0
  bytesIn = 0
  bytesOut = 0
  /** Why a connection failed last. */
  lastError: SkupperError | undefined

  /** Each connection takes one socket of `budget`. */
  constructor(budget = new SocketBudget(Infinity)) {
    this.#budget = budget
  }

  add(stream: LiveStream): void {
    this.connectionsOpened += 1
    this.#live.add(stream)
    this.#budget.take()
  }

  /** One connection goes on under another object. */
  replace(before: LiveStream, after: LiveStream): void {
    this.#live.delete(before)
    this.#live.add(after)
  }

  /** Counts the end of `stream`; a second time changes nothing. */
  remove(stream: LiveStream, reason?: SkupperError): void {
    if (!this.#live.delete(stream)) return
    this.connectionsClosed += 1
    this.#budget.giveBack()
    if (reason !== undefined) this.lastError = reason
    if (this.#live.size === 0) this.#wake()
  }

  /** Resolves when no connection is live, or after `deadlineMs`; the answer tells which. */
  idle(deadlineMs: number): Promise<boolean> {
    if (this.#live.size === 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, deadlineMs, false)
      this.#waiting.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }

  destroy(reason: SkupperError): void {
    for (const stream of [...this.#live]) stream.destroy(reason)
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
