import type { RouterConnection } from './router-connection.ts'

/** The other end may still send a stream that it began before it knew of the newer connection. */
const QUIET_MS = 5_000

/** Closes a connection that a newer one has replaced, once it has carried nothing for a while. */
export class Farewell {
  readonly #connection: Pick<RouterConnection, 'close'>
  readonly #now: () => number
  #busyAt: number

  /** `now` gives the time in ms. */
  constructor(connection: Pick<RouterConnection, 'close'>, now: () => number) {
    this.#connection = connection
    this.#now = now
    this.#busyAt = now()
  }

  /** To be called about once a second. */
  check(isBusy: boolean): void {
    if (isBusy) this.#busyAt = this.#now()
    else if (this.#now() - this.#busyAt > QUIET_MS) this.#connection.close()
  }
}
