/** Hands out numbers, no higher than as many were out at once: channels of a connection, handles of a session. */
export class Slots {
  readonly #free: number[] = []
  #next = 0

  /** How many numbers are out. */
  get taken(): number {
    return this.#next - this.#free.length
  }

  take(): number {
    return this.#free.pop() ?? this.#next++
  }

  give(slot: number): void {
    this.#free.push(slot)
  }
}
