/** Lets one task at a time run for each key, in the order they came; tasks of different keys run side by side. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `task` when those before it under the same key have ended, however they ended. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const turn = before.then(task)
    const ended = turn.catch(() => undefined)
    this.#last.set(key, ended)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === ended) this.#last.delete(key)
    }
  }
}
