/** Using less than this share of a processor, a program counts as at rest. */
export const AT_REST = 0.05
/** At rest for so many ticks, it collects: not in every pause, as code that was made fast is given up with the rest. */
const TICKS_AT_REST = 10
/** What a collection must promise, as it takes some fifty milliseconds. */
const WORTHWHILE_BYTES = 6 * 1024 * 1024

/** The heap of a process. */
export interface Heap {
  /** What it has from the system, garbage and free pages included. */
  readonly heapBytes: number
  /** Gives back what it can. */
  collectAll(): void
}

/**
 * Gives memory back once a program has come to rest. Node collects garbage only for who asks for more memory, so what
 * a rush took would stay in memory until the next one.
 */
export class IdleCollection {
  readonly #heap: Heap
  #ticksAtRest = 0
  /** What the heap had after the last collection. */
  #keptBytes = 0

  constructor(heap: Heap) {
    this.#heap = heap
  }

  /** To be called about once a second, with the processors in use since the last call. */
  tick(busy: number): void {
    this.#ticksAtRest = busy < AT_REST ? this.#ticksAtRest + 1 : 0
    if (this.#ticksAtRest < TICKS_AT_REST || this.#heap.heapBytes < this.#keptBytes + WORTHWHILE_BYTES) return
    this.#heap.collectAll()
    this.#keptBytes = this.#heap.heapBytes
  }
}
