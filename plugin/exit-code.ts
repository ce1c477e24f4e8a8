import { CommanderError } from 'commander'
import { SkupperError } from '../core/model/error.ts'

const FAILED = 1
const WRONG_USAGE = 2
/** Errors about what was typed, as against what was found. */
const USAGE_CODES = /^(duration|flag|label|platform|port|protocol|target)\//

/** How the process ends after an error: 2 for wrong usage, 1 for everything else; 0 where help was asked for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
  return error instanceof SkupperError && USAGE_CODES.test(error.code) ? WRONG_USAGE : FAILED
}
