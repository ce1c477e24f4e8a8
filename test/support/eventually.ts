import { setTimeout as delay } from 'node:timers/promises'

const PAUSE_MS = 10

/**
 * Asks `check` again and again until it neither throws nor answers false or undefined, and gives its answer.
 * After `deadlineMs` it throws what the last try threw, so that the test's own assertion is what fails.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { deadlineMs = 10_000 }: { deadlineMs?: number } = {},
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const attempt = await outcome(check)
    if (attempt.done) return attempt.value
    if (performance.now() > deadline) throw attempt.reason
    await delay(PAUSE_MS)
  }
}

type Attempt<T> = { done: true; value: Exclude<T, false | undefined> } | { done: false; reason: unknown }

async function outcome<T>(check: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    const value = await check()
    if (value === false || value === undefined) {
      return { done: false, reason: new Error(`condition not met in time: ${check.toString()}`) }
    }
    return { done: true, value: value as Exclude<T, false | undefined> }
  } catch (reason) {
    return { done: false, reason }
  }
}
