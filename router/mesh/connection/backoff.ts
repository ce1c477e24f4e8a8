export interface BackoffOptions {
  readonly firstMs: number
  readonly maxMs: number
  /** A random number from 0 up to 1. */
  readonly random: () => number
}

/** How long to wait before the next try: doubling up to a limit, half of it by chance so that many do not try at once. */
export class Backoff {
  readonly #options: BackoffOptions
  #failures = 0

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /** The wait before the next try, in ms. */
  next(): number {
    const { firstMs, maxMs, random } = this.#options
    const full = Math.min(maxMs, firstMs * 2 ** this.#failures)
    if (full < maxMs) this.#failures++
    return full / 2 + (full / 2) * random()
  }

  reset(): void {
    this.#failures = 0
  }
}
