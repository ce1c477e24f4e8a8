import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Collecting on other threads pays where they have processors of their own. On a machine that is busy, or in a
 * container with a share of one, the program's thread waits for them; and buffers that another thread frees are
 * counted too long, which brings on more collections.
 */
const FLAGS = ['--no-parallel-scavenge', '--no-concurrent-array-buffer-sweeping']

/** The memory of this process, and what it takes of the processors. */
export class ProcessMemory {
  readonly #collect: unknown
  #last = readUsage()

  constructor() {
    // Node has a function for collecting only if it was started with the flag.
    for (const flag of ['--expose-gc', ...FLAGS]) setFlagsFromString(flag)
    this.#collect = runInNewContext('(options) => { gc(options) }')
  }

  /** Bytes that the heap has from the system, garbage and free pages included. */
  get heapBytes(): number {
    return getHeapStatistics().total_heap_size
  }

  /** Bytes outside the heap that belong to buffers in it, garbage included. */
  get bufferBytes(): number {
    return getHeapStatistics().external_memory
  }

  /** Processors in use since the last call or the last `collectAll`, which is not counted: 1 is a whole one. */
  busy(): number {
    const { cpuUs, atMs } = this.#last
    this.#last = readUsage()
    return (this.#last.cpuUs - cpuUs) / 1000 / Math.max(1, this.#last.atMs - atMs)
  }

  /** Gives back what it can: takes some fifty milliseconds. */
  collectAll(): void {
    this.#run({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    this.#last = readUsage()
  }

  /** Frees what has become garbage soon after it was made: takes about a millisecond. */
  collectYoung(): void {
    this.#run({ type: 'minor', execution: 'sync' })
  }

  #run(options: object): void {
    if (typeof this.#collect === 'function') Reflect.apply(this.#collect, undefined, [options])
  }
}

function readUsage(): { cpuUs: number; atMs: number } {
  const { user, system } = process.cpuUsage()
  return { cpuUs: user + system, atMs: performance.now() }
}
