/** How many attempts a key has: `burst` at once, and `perMinute` of them come back. */
export interface AttemptLimits {
  readonly burst: number
  readonly perMinute: number
  /** At most this many keys are remembered: beyond that the one longest unused is forgotten. */
  readonly maxKeys: number
}

interface Bucket {
  left: number
  /** Milliseconds, when `left` was true. */
  at: number
  told: boolean
}

/** `just-exceeded` once, `exceeded` from then on until an attempt is allowed again: one log line for each siege. */
export type Attempt = 'allowed' | 'just-exceeded' | 'exceeded'

/** Limits attempts by key (an address, a grant): a token bucket each, in a table of bounded size. */
export class AttemptLimiter {
  readonly #limits: AttemptLimits
  readonly #now: () => number
  /** In order of last use. */
  readonly #buckets = new Map<string, Bucket>()

  /** `now` in milliseconds. */
  constructor(limits: AttemptLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  /** Spends an attempt of `key`. */
  take(key: string): Attempt {
    const bucket = this.#bucket(key)
    if (bucket.left >= 1) {
      bucket.left -= 1
      bucket.told = false
      return 'allowed'
    }
    if (bucket.told) return 'exceeded'
    bucket.told = true
    return 'just-exceeded'
  }

  /** Gives an attempt back: it turned out to be a rightful one. */
  giveBack(key: string): void {
    const bucket = this.#bucket(key)
    bucket.left = Math.min(this.#limits.burst, bucket.left + 1)
  }

  /** Milliseconds until one more attempt has come back. */
  get refillMs(): number {
    return 60_000 / this.#limits.perMinute
  }

  #bucket(key: string): Bucket {
    const now = this.#now()
    const bucket = this.#buckets.get(key) ?? { left: this.#limits.burst, at: now, told: false }
    // A wall clock that was set back only delays the refill.
    bucket.left = Math.min(this.#limits.burst, bucket.left + Math.max(0, now - bucket.at) / this.refillMs)
    bucket.at = now
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    if (this.#buckets.size > this.#limits.maxKeys) this.#forgetOldest()
    return bucket
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys()
    if (oldest !== undefined) this.#buckets.delete(oldest)
  }
}
