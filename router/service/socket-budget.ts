/** Once used up, it is there again when so much of it is free. */
const FREE_SHARE = 0.1

/**
 * The sockets that all services of a router may have together. The system gives a process only so many file
 * descriptors, and a kernel that has none left makes an accepted client look served and closed. Who takes clients stops
 * before that.
 */
export class SocketBudget {
  readonly max: number
  readonly #watchers = new Set<(spent: boolean) => void>()
  #used = 0
  #spent = false

  /** At most `max` sockets; Infinity for no bound. */
  constructor(max: number) {
    this.max = max
  }

  /** True from when all are taken until a tenth of them is free: nobody should take more. */
  get spent(): boolean {
    return this.#spent
  }

  take(): void {
    this.#used += 1
    if (!this.#spent && this.#used >= this.max) this.#turn(true)
  }

  giveBack(): void {
    this.#used -= 1
    if (this.#spent && this.#used <= this.max * (1 - FREE_SHARE)) this.#turn(false)
  }

  /** Calls `watcher` with each change of `spent`. Answers how to stop that. */
  watch(watcher: (spent: boolean) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  #turn(spent: boolean): void {
    this.#spent = spent
    for (const watcher of [...this.#watchers]) watcher(spent)
  }
}
