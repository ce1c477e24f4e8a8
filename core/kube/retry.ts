import { setTimeout as delay } from 'node:timers/promises'
import { SkupperError } from '../model/error.ts'

/** How often a call is tried in all. */
export const MAX_TRIES = 6
const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 2000

export interface RetryOptions {
  /** `performance.now()` after which nothing is tried any more. */
  readonly deadline: number
  readonly isWorthIt: (error: unknown) => boolean
  /** From 0 to 1. */
  readonly random: () => number
  readonly signal?: AbortSignal | undefined
}

/** A refusal with the server's word on when to come again. */
export class RetryLater extends SkupperError {
  readonly afterMs: number

  constructor(error: SkupperError, afterMs: number) {
    super(error.code, error.message, { given: error.given, cause: error.cause })
    this.afterMs = afterMs
  }
}

/** Tries again what failed for a reason that may pass, with growing pauses; throws what the last try threw. */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (tries >= MAX_TRIES || !options.isWorthIt(error)) throw error
      const pause = pauseMs(error, tries, options.random)
      if (performance.now() + pause >= options.deadline) throw error
      await delay(pause, undefined, { signal: options.signal })
    }
  }
}

function pauseMs(error: unknown, tries: number, random: () => number): number {
  const pause = jittered(Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)), random)
  return error instanceof RetryLater ? error.afterMs + pause : pause
}

/** From half of a pause to the whole of it, so that those who failed together do not come back together. */
export function jittered(pauseMs: number, random: () => number): number {
  return pauseMs * (0.5 + random() / 2)
}
