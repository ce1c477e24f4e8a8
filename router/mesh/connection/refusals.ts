import { LineLimit } from '../../../core/model/line-limit.ts'
import type { ControlLog } from '../control/control-link.ts'

/** Tells the log of peers that were not let in, by listener: so many lines that they show who comes, and no more. */
export class Refusals {
  readonly #log: ControlLog
  readonly #now: () => number
  readonly #limits = new Map<string, LineLimit>()

  /** `now` in ms. */
  constructor({ log, now }: { log: ControlLog; now: () => number }) {
    this.#log = log
    this.#now = now
  }

  tell(listener: string, facts: object, why: string): void {
    this.#limitOf(listener).line((held) => {
      this.#log.warn({ listener, ...facts, ...held }, `refused a peer: ${why}`)
    })
  }

  /** The listener is gone. */
  forget(listener: string): void {
    this.#limits.delete(listener)
  }

  #limitOf(listener: string): LineLimit {
    const limit = this.#limits.get(listener) ?? new LineLimit(this.#now)
    this.#limits.set(listener, limit)
    return limit
  }
}
