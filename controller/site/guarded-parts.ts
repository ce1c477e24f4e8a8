import { messageOf } from '../../core/model/error.ts'
import type { Log } from '../log.ts'

/** The parts of a pass: one that fails is told once, and the others go on. */
export class GuardedParts {
  readonly #log: Log
  readonly #troubles = new Map<string, string>()

  constructor(log: Log) {
    this.#log = log
  }

  /** True while any part failed when it was tried last. */
  get hasTrouble(): boolean {
    return this.#troubles.size > 0
  }

  /** Why a part failed when it was tried last. */
  troubleOf(part: string): string | undefined {
    return this.#troubles.get(part)
  }

  /** What `work` gives; undefined where it throws. */
  async run<T>(part: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work()
      this.#troubles.delete(part)
      return result
    } catch (error) {
      const reason = messageOf(error)
      if (this.#troubles.get(part) !== reason) this.#log.error({ part, err: error }, 'part of the site failed')
      this.#troubles.set(part, reason)
      return undefined
    }
  }
}
