/** The streams that cross this router, from one link to another. */
export class Transits {
  #live = 0
  #waiting: (() => void)[] = []

  /** Counts a stream in. */
  add(): void {
    this.#live++
  }

  /** Counts a stream out that was counted in. */
  remove(): void {
    this.#live--
    if (this.#live > 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }

  /** Resolves when none is left, or after `deadlineMs`; the answer tells which. */
  idle(deadlineMs: number): Promise<boolean> {
    if (this.#live === 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, deadlineMs, false)
      this.#waiting.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }
}
