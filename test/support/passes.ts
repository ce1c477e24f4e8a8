import { eventually } from './eventually.ts'

/** Runs `assertions` again and again until none of them throws. After `deadlineMs` it throws what the last run threw. */
export async function passes(assertions: () => void, options: { deadlineMs?: number } = {}): Promise<void> {
  await eventually(() => {
    assertions()
    return true
  }, options)
}
