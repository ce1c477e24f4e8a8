import { AT_REST } from '../core/memory/idle-collection.ts'

/** How often a busy router looks: at half a gigabyte a second that is every 4 MB. */
const LOOK_EVERY_MS = 8
/** So much must have come since the last collection. */
const COLLECT_EVERY_BYTES = 8 * 1024 * 1024

/** The buffers of a process: their bytes lie outside the heap, the small objects that own them in its young part. */
export interface Buffers {
  /** Garbage included. */
  readonly bufferBytes: number
  /** Frees what has become garbage soon after it was made. */
  collectYoung(): void
}

/**
 * Frees the buffers of bulk data while it flows. V8 collects young objects when there are many of them; those that own
 * buffers are few, so that it finds first that much memory is in use, and goes through the whole heap, every 25 MB.
 * That took half of the processor time of a large transfer.
 */
export class BulkCollection {
  readonly #buffers: Buffers
  #looking: NodeJS.Timeout | undefined
  /** What was in use after the last collection, or less. */
  #keptBytes = Infinity

  constructor(buffers: Buffers) {
    this.#buffers = buffers
  }

  /** To be called about once a second, with the processors in use since the last call: a router at rest is not woken. */
  tick(busy: number): void {
    if (busy < AT_REST) {
      clearInterval(this.#looking)
      this.#looking = undefined
    } else {
      this.#looking ??= setInterval(collectIfDue, LOOK_EVERY_MS, this).unref()
    }
  }

  /** Collects if it is worth it. */
  look(): void {
    const { bufferBytes } = this.#buffers
    this.#keptBytes = Math.min(this.#keptBytes, bufferBytes)
    if (bufferBytes < this.#keptBytes + COLLECT_EVERY_BYTES) return
    this.#buffers.collectYoung()
    this.#keptBytes = this.#buffers.bufferBytes
  }
}

function collectIfDue(collection: BulkCollection): void {
  collection.look()
}
