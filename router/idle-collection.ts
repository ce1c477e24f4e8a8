import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How often `tick` is to be called. */
export const TICK_EVERY_MS = 1_000
/** Busy for a smaller share of the time, a router counts as at rest. */
const AT_REST = 0.05
/** At rest for so many ticks, it collects: not in every pause between two requests. */
const TICKS_AT_REST = 2
/** What a collection must promise, as it takes some fifty milliseconds. */
const WORTHWHILE_BYTES = 6 * 1024 * 1024

/** What a process tells of its memory. */
export interface Memory {
  /** Bytes that the heap has from the system, garbage and free pages included. */
  readonly heapBytes: () => number
  /** The share of the time since the last call in which the process was busy, from 0 to 1. */
  readonly busy: () => number
  /** Gives back what it can. */
  readonly collect: () => void
}

/**
 * Gives memory back once a router has come to rest. Node collects garbage only for who asks for more memory, so the
 * connections of a rush would stay in memory until the next one.
 */
export class IdleCollection {
  readonly #memory: Memory
  #ticksAtRest = 0
  /** What the heap had after the last collection. */
  #keptBytes = 0

  constructor(memory: Memory) {
    this.#memory = memory
  }

  tick(): void {
    const { busy, heapBytes, collect } = this.#memory
    this.#ticksAtRest = busy() < AT_REST ? this.#ticksAtRest + 1 : 0
    if (this.#ticksAtRest < TICKS_AT_REST || heapBytes() < this.#keptBytes + WORTHWHILE_BYTES) return
    collect()
    this.#keptBytes = heapBytes()
    // The collection itself kept the process busy.
    busy()
  }
}

/** The memory of this process. */
export function processMemory(): Memory {
  // Node has a function for this only if it was started with the flag.
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('() => gc({ type: "major", execution: "sync", flavor: "last-resort" })')
  let last = performance.eventLoopUtilization()
  return {
    heapBytes: () => getHeapStatistics().total_heap_size,
    busy: () => {
      const now = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(now, last)
      last = now
      return utilization
    },
    collect: () => {
      if (typeof collect === 'function') Reflect.apply(collect, undefined, [])
    },
  }
}
