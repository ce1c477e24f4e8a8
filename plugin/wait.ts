import { setTimeout as delay } from 'node:timers/promises'
import { SkupperError } from '../core/model/error.ts'
import type { Terminal } from './output/terminal.ts'

const PAUSE_MS = 100

/** What a look at the site found: nothing is missing any more, or what still is, in words for people. */
export type Missing = string | undefined

export interface Waiting {
  /** What is waited for: `Waiting for link "east"`. */
  what: string
  timeoutMs: number
  terminal: Terminal
}

/**
 * Looks again and again until nothing is missing, and shows what still is. After the time-out it fails with
 * `wait/timeout`, naming what is missing; nothing is undone.
 */
export async function waitUntil(look: () => Promise<Missing>, { what, timeoutMs, terminal }: Waiting): Promise<void> {
  const deadline = performance.now() + timeoutMs
  await terminal.progress(what, async (update) => {
    for (;;) {
      const missing = await look()
      if (missing === undefined) return
      if (performance.now() > deadline) throw timedOut(what, missing, timeoutMs)
      update(`${what}: ${missing}`)
      await delay(PAUSE_MS)
    }
  })
}

function timedOut(what: string, missing: string, timeoutMs: number): SkupperError {
  const seconds = String(Math.round(timeoutMs / 1000))
  return new SkupperError('wait/timeout', `${what} took longer than ${seconds} s: ${missing}`, { given: timeoutMs })
}
