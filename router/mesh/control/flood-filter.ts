import { hash } from 'node:crypto'

/** Longer than the copies of one message are on their way, shorter than the pause before the same is said again. */
const WINDOW_MS = 2_000
const MAX_REMEMBERED = 10_000

/**
 * Lets one copy of each flooded message through. In a network with rings a message comes along every path; the first copy
 * already went to everyone, so passing on the others would multiply them for nothing.
 */
export class FloodFilter {
  readonly #seenAt = new Map<string, number>()

  /** Whether a message with this content (all but its annotations, which differ from copy to copy) is new. */
  admit(content: Buffer, now: number): boolean {
    this.#forgetBefore(now - WINDOW_MS)
    const digest = hash('sha1', content, 'base64')
    if (this.#seenAt.has(digest)) return false
    this.#seenAt.set(digest, now)
    return true
  }

  /** The map keeps the order of insertion, so the oldest come first. */
  #forgetBefore(time: number): void {
    for (const [digest, at] of this.#seenAt) {
      if (at >= time && this.#seenAt.size < MAX_REMEMBERED) break
      this.#seenAt.delete(digest)
    }
  }
}
