import type { ProcessMemory } from './process-memory.ts'

const LOOK_EVERY_MS = 1_000

/** What gives memory back, each in its own way. */
export interface Collection {
  /** Called about once a second, with the processors in use since the last call: 1 is a whole one. */
  tick(busy: number): void
}

/** Has these collections look at the memory of the process as long as it lives; nothing is kept alive by that. */
export function tendMemory(memory: ProcessMemory, collections: readonly Collection[]): void {
  setInterval(() => {
    const busy = memory.busy()
    for (const collection of collections) collection.tick(busy)
  }, LOOK_EVERY_MS).unref()
}
