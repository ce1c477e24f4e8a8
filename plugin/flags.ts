import { Option } from 'commander'
import { isDuration, parseDuration } from '../core/model/duration.ts'
import { SkupperError } from '../core/model/error.ts'
import type { Format } from './output/terminal.ts'

const MAX_COST = 0x7f_ff_ff_ff

/** `-o json|yaml`: the answer as one document for programs. */
export const outputFlag = (): Option =>
  new Option('-o, --output <format>', 'print one document for programs').choices(['json', 'yaml'])

export interface OutputFlags {
  output?: Exclude<Format, 'text'>
}

export interface WaitFlags {
  wait: 'none' | 'ready'
  /** Milliseconds. */
  timeout: number
}

/** `--wait`: whether a command stays until what it made works. */
export const waitFlag = (): Option =>
  new Option('--wait <state>', 'return at once (none), or when it works (ready)')
    .choices(['none', 'ready'])
    .default('ready')

/** `--timeout`: how long a command waits at most. */
export const timeoutFlag = (initial: string): Option =>
  new Option('--timeout <duration>', 'how long to wait at most, such as 30s or 2m')
    .default(parseDuration(initial), initial)
    .argParser(durationOf('--timeout'))

/** Reads a duration, in milliseconds; what cannot be read is `flag/duration`, with the name of the flag. */
export const durationOf =
  (flag: string) =>
  (text: string): number => {
    if (isDuration(text)) return parseDuration(text)
    const wanted = 'a duration such as "15m" or "1h30m"'
    const message = `invalid value "${text}" for ${flag}; wanted ${wanted}`
    throw new SkupperError('flag/duration', message, { given: text, wanted })
  }

/** A link's cost, 1 to 2147483647. Throws `flag/cost`. */
export function parseCost(text: string): number {
  const cost = wholeNumber(text)
  if (cost !== undefined && cost >= 1 && cost <= MAX_COST) return cost
  const wanted = `a whole number from 1 to ${String(MAX_COST)}`
  throw new SkupperError('flag/cost', `invalid cost "${text}"; wanted ${wanted}`, { given: text, wanted })
}

/** A count, 0 or more. Throws `flag/count`. */
export function parseCount(text: string): number {
  const count = wholeNumber(text)
  if (count !== undefined) return count
  const wanted = 'a whole number, 0 or more'
  throw new SkupperError('flag/count', `invalid number "${text}"; wanted ${wanted}`, { given: text, wanted })
}

/** Gathers a flag that may be given several times, or as a comma list. */
export const several =
  <T>(parse: (text: string) => T) =>
  (text: string, before: T[] = []): T[] => [...before, ...text.split(',').map((part) => parse(part.trim()))]

function wholeNumber(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}
