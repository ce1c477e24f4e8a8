export interface LineLimits {
  /** Lines that may come at once. */
  readonly burst: number
  /** How many of them come back in a minute. */
  readonly perMinute: number
}

/** What strangers may write into a log: enough to see who comes and why, and no more than 15,000 lines a day. */
export const STRANGERS_LINES: LineLimits = { burst: 20, perMinute: 10 }

/** Bounds the log lines that others can cause as often as they like. Those held back are counted for the next one. */
export class LineLimit {
  readonly #limits: LineLimits
  readonly #now: () => number
  #left: number
  #at: number
  #unsaid = 0

  /** `now` in milliseconds. */
  constructor(now: () => number, limits: LineLimits = STRANGERS_LINES) {
    this.#limits = limits
    this.#now = now
    this.#left = limits.burst
    this.#at = now()
  }

  /**
   * Calls `write` if there may be a line now, with what belongs into it: `unsaid`, the number of lines that were held
   * back before it, where there were any.
   */
  line(write: (facts: { readonly unsaid?: number }) => void): void {
    this.#refill()
    if (this.#left < 1) {
      this.#unsaid++
      return
    }
    this.#left--
    const unsaid = this.#unsaid
    this.#unsaid = 0
    write(unsaid === 0 ? {} : { unsaid })
  }

  /** A clock that was set back only delays the refill. */
  #refill(): void {
    const now = this.#now()
    const { burst, perMinute } = this.#limits
    this.#left = Math.min(burst, this.#left + (Math.max(0, now - this.#at) * perMinute) / 60_000)
    this.#at = now
  }
}
