import { pino } from 'pino'

/** The part of a pino logger the webhook's parts use. Never hand it a key. */
export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** Lines are written together, in characters: a system call for each would cost as much as the review it tells of. */
const WRITTEN_AT = 16_000
/** A line waits no longer for others. */
const FLUSH_MS = 100
/** Beyond this, in characters, lines are lost: nobody reads them, and reviews go on. */
const MOST_WAITING = 4_194_304

export interface LogOptions {
  readonly level: string
  /** A descriptor or a file. */
  readonly destination: number | string
}

/** A log whose lines nobody waits for. What is left of them is written when the process exits. */
export function openLog({ level, destination }: LogOptions): Log {
  const batches = { sync: false, minLength: WRITTEN_AT, periodicFlush: FLUSH_MS, maxLength: MOST_WAITING }
  const options = { base: null, level, formatters: { level: (label: string) => ({ level: label }) } }
  return pino(options, pino.destination({ dest: destination, ...batches }))
}
