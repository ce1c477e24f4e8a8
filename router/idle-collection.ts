import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How often `tick` is to be called. */
export const TICK_EVERY_MS = 1_000
/** Using less than this share of a processor, a router counts as at rest. */
const AT_REST = 0.05
/** At rest for so many ticks, it collects: not in every pause, as code that was made fast is given up with the rest. */
const TICKS_AT_REST = 10
/** What a collection must promise, as it takes some fifty milliseconds. */
const WORTHWHILE_BYTES = 6 * 1024 * 1024

/** What a process tells of its memory. */
export interface Memory {
  /** Bytes that the heap has from the system, garbage and free pages included. */
  readonly heapBytes: () => number
  /** Processors in use since the last call: 1 is a whole one. */
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
  let last = { cpuUs: cpuUs(), atMs: performance.now() }
  return {
    heapBytes: () => getHeapStatistics().total_heap_size,
    busy: () => {
      const now = { cpuUs: cpuUs(), atMs: performance.now() }
      const share = (now.cpuUs - last.cpuUs) / 1000 / Math.max(1, now.atMs - last.atMs)
      last = now
      return share
    },
    collect: () => {
      if (typeof collect === 'function') Reflect.apply(collect, undefined, [])
    },
  }
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
