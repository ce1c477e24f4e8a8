import { SkupperError } from './error.ts'

// Go's unit "µ" comes as U+00B5 and as U+03BC.
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  '\u00b5s': 1e-3,
  '\u03bcs': 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
const PART = /(\d+\.?\d*|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y
const MAX_TEXT = 64
/** The longest that Go's durations reach (2^63 nanoseconds). */
const MAX_MS = 2 ** 63 / 1e6

/** The milliseconds of a duration as Go writes it: "15m", "1h30m", "1.5h", "0". Throws `duration/invalid`. */
export function parseDuration(text: string): number {
  const milliseconds = millisecondsOf(text)
  if (milliseconds !== undefined) return milliseconds
  const wanted = 'a duration such as "15m" or "1h30m"'
  throw new SkupperError('duration/invalid', `"${text.slice(0, MAX_TEXT)}" is not ${wanted}`, { given: text, wanted })
}

export function isDuration(text: string): boolean {
  return millisecondsOf(text) !== undefined
}

/** Milliseconds as a duration without the parts that are zero: "1h30m", "1.5s", "0s". */
export function formatDuration(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000)
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000)
  const seconds = (milliseconds % 60_000) / 1000
  const parts = [
    hours > 0 && `${String(hours)}h`,
    minutes > 0 && `${String(minutes)}m`,
    seconds > 0 && `${String(seconds)}s`,
  ]
  return parts.filter((part) => part !== false).join('') || '0s'
}

function millisecondsOf(text: string): number | undefined {
  if (text === '0') return 0
  if (text === '' || text.length > MAX_TEXT) return undefined
  let total = 0
  PART.lastIndex = 0
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text)
    if (part === null) return undefined
    total += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? NaN)
  }
  return total <= MAX_MS ? total : undefined
}
