/** How long a supervised process waits before it is started again. All times in milliseconds. */
export interface BackoffTimes {
  /** Wait after the first early end. */
  readonly first: number
  readonly longest: number
  /** A process that ran this long is thought healthy: the next wait is `first` again. */
  readonly stable: number
}

/** A killed router is back well within 5 s; one that cannot start costs a start every half minute. */
export const ROUTER_RESTARTS: BackoffTimes = { first: 200, longest: 30_000, stable: 10_000 }

/** The share of a wait that chance decides, so that routers that died together do not start together. */
const JITTER = 0.5

/** Waits double with every early end, with jitter. `random` answers 0 up to 1. */
export class RestartBackoff {
  readonly #times: BackoffTimes
  readonly #random: () => number
  #earlyEnds = 0

  constructor(times: BackoffTimes, random: () => number) {
    this.#times = times
    this.#random = random
  }

  /** The wait in milliseconds before the next start, given how long the process just ran. */
  waitAfter(ranForMs: number): number {
    if (ranForMs >= this.#times.stable) this.#earlyEnds = 0
    const full = Math.min(this.#times.longest, this.#times.first * 2 ** this.#earlyEnds)
    this.#earlyEnds++
    return full * (1 - JITTER * this.#random())
  }
}
