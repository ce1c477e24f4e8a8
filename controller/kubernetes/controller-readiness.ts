/** To begin takes less than this, unless something is in the way. */
const BEGIN_MS = 15_000
/** A watch that breaks is up again sooner, as long as the API server is there. */
const STALE_MS = 60_000

/**
 * What a controller's `/readyz` says. One that stands by for another is ready: it does all that it is there for. Tokens
 * are redeemed with a controller that is ready only, so what passes by itself is no reason.
 */
export class ControllerReadiness {
  /** Milliseconds since 1970. */
  readonly #now: () => number
  #beganAt: number | undefined
  #staleSince: () => Date | undefined = () => undefined

  constructor(now: () => number) {
    this.#now = now
  }

  /** It leads from now on, and reads what there is. */
  begins(): void {
    this.#beganAt = this.#now()
  }

  /** It has read everything. `staleSince` tells since when it does not hear of changes. */
  works(staleSince: () => Date | undefined): void {
    this.#beganAt = undefined
    this.#staleSince = staleSince
  }

  /** It leads no more. */
  stands(): void {
    this.works(() => undefined)
  }

  /** Why it cannot do its work now; undefined while it can. */
  get obstacle(): string | undefined {
    if (this.#beganAt !== undefined && this.#now() - this.#beganAt > BEGIN_MS) {
      return 'it could not read yet what there is in the namespace'
    }
    const since = this.#staleSince()
    if (since === undefined || this.#now() - since.getTime() <= STALE_MS) return undefined
    return `nothing was heard of the API server since ${since.toISOString()}`
  }
}
