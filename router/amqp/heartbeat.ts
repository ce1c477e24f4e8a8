/** A peer that wants to hear from us more often than this is not humoured. */
const MIN_INTERVAL_MS = 25

export interface HeartbeatOptions {
  /** What the peer announced, in ms; 0 for never. */
  peerTimeoutMs: number
  /** What we announced, in ms; 0 for never. */
  ownTimeoutMs: number
  /** Bytes sent and received so far. */
  bytesOut: () => number
  bytesIn: () => number
  /** Of the bytes sent, those that the peer's side has taken off our hands. */
  bytesTaken: () => number
  /** Send a sign of life. */
  beat: () => void
  /** Nothing came for twice as long as we announced, or nothing of what waits was taken for eight times as long. */
  expire: (what: string) => void
}

/**
 * Keeps a quiet connection alive, and notices a dead one (AMQP 1.0, part 2.4.5; protocol sheet, section 1). Looks at
 * byte counts at intervals, so that the data path does nothing for it.
 */
export class Heartbeat {
  readonly #timers: NodeJS.Timeout[] = []

  constructor(o: HeartbeatOptions) {
    // Four looks in the peer's time-out: it hears from us in half of it.
    if (o.peerTimeoutMs > 0) this.#watch(o.peerTimeoutMs / 4, { count: o.bytesOut, looks: 1, quiet: o.beat })
    if (o.ownTimeoutMs === 0) return
    const expire = (what: string) => () => {
      o.expire(what)
    }
    this.#watch(o.ownTimeoutMs / 2, { count: o.bytesIn, looks: 4, quiet: expire('nothing came from the peer') })
    // A socket counts a write only when all of it is taken, which on a slow path takes a while.
    this.#watch(o.ownTimeoutMs / 2, { count: progress(o), looks: 16, quiet: expire('the peer does not read') })
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** Calls `quiet` when `count` was the same for `looks` intervals. */
  #watch(intervalMs: number, { count, looks, quiet }: { count: () => number; looks: number; quiet: () => void }): void {
    let last = count()
    let same = 0
    const look = () => {
      const now = count()
      same = now === last ? same + 1 : 0
      last = now
      if (same < looks) return
      same = 0
      quiet()
    }
    this.#timers.push(setInterval(look, Math.max(MIN_INTERVAL_MS, intervalMs)))
  }
}

/** Counts what is taken; where nothing waits to be taken, each look counts. */
function progress({ bytesOut, bytesTaken }: HeartbeatOptions): () => number {
  let looks = 0
  return () => {
    const taken = bytesTaken()
    if (taken === bytesOut()) looks++
    return taken + looks
  }
}
