/** A binary heap of numbers, the least first. */
export class MinHeap {
  readonly #items: number[] = []

  push(value: number): void {
    const items = this.#items
    let at = items.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent]
      if (above === undefined || above <= value) break
      items[at] = above
      at = parent
    }
    items[at] = value
  }

  /** Takes the least; undefined when empty. */
  pop(): number | undefined {
    const least = this.#items[0]
    const last = this.#items.pop()
    if (last !== undefined && this.#items.length > 0) this.#sink(last)
    return least
  }

  #sink(value: number): void {
    const items = this.#items
    let at = 0
    for (;;) {
      const left = items[2 * at + 1] ?? Infinity
      const right = items[2 * at + 2] ?? Infinity
      const least = Math.min(left, right)
      if (least >= value) break
      items[at] = least
      at = left <= right ? 2 * at + 1 : 2 * at + 2
    }
    items[at] = value
  }
}
