import { SkupperError } from '../../core/model/error.ts'
import { readCorpus } from './corpus.ts'
import { Mutator } from './mutator.ts'
import type { FuzzTarget } from './target.ts'

/** An input that takes longer than this is as bad as a loop. */
const SLOW_MS = 1_000
/** Inputs between two looks at time and memory. */
const ROUND = 10_000

export interface FuzzOptions {
  readonly inputs: number
  readonly seed: number
  /** Told now and then, with the inputs done so far. */
  readonly onProgress?: (done: number) => void
}

export interface FuzzResult {
  /** Inputs that were refused with an error of ours. */
  readonly refused: number
  /** Those that had an answer nobody may give, as hexadecimal digits, with what happened. At most ten. */
  readonly faults: readonly { readonly input: string; readonly what: string }[]
  readonly slowestMs: number
}

const MAX_FAULTS = 10

/** Feeds a target with damaged inputs of its corpus; stops at ten faults. */
export function fuzz(target: FuzzTarget, { inputs, seed, onProgress }: FuzzOptions): FuzzResult {
  const mutator = new Mutator(readCorpus(target.corpus), seed)
  const faults: { input: string; what: string }[] = []
  let refused = 0
  let slowestMs = 0
  let read = target.make()
  for (let done = 0; done < inputs && faults.length < MAX_FAULTS; done++) {
    if (done % ROUND === 0) onProgress?.(done)
    const input = mutator.next()
    const copy = Buffer.from(input)
    const before = performance.now()
    const thrown = thrownBy(read, input)
    const tookMs = performance.now() - before
    if (tookMs > slowestMs) slowestMs = tookMs
    if (isSlow(target, copy, tookMs)) {
      faults.push({ input: copy.toString('hex'), what: `took ${tookMs.toFixed(0)} ms` })
    }
    if (thrown instanceof SkupperError) refused += 1
    else if (thrown !== undefined) {
      faults.push({ input: copy.toString('hex'), what: thrown instanceof Error ? String(thrown.stack) : 'no error' })
      read = target.make()
    }
  }
  return { refused, faults, slowestMs }
}

/** Slow once may be the machine's fault: a fresh reader is given the input again. */
function isSlow(target: FuzzTarget, input: Buffer, tookMs: number): boolean {
  if (tookMs <= SLOW_MS) return false
  const read = target.make()
  const before = performance.now()
  thrownBy(read, Buffer.from(input))
  return performance.now() - before > SLOW_MS
}

function thrownBy(read: (input: Buffer) => void, input: Buffer): unknown {
  try {
    read(input)
    return undefined
  } catch (thrown) {
    return thrown
  }
}
