/** Left for links, management, files and look-ups of names; of a small limit a quarter. */
const RESERVE = 256
const MAX_OPEN_FILES = /^Max open files +(\d+)/m

/**
 * How many sockets services may have, by the limits of this process as Linux tells them in /proc/self/limits. Infinity
 * where they say nothing.
 */
export function socketsAllowed(limits: string): number {
  const limit = Number(MAX_OPEN_FILES.exec(limits)?.[1] ?? Infinity)
  return limit === Infinity ? limit : limit - Math.min(RESERVE, Math.ceil(limit / 4))
}
