import { CommanderError } from 'commander'

const FAILED = 1
const WRONG_USAGE = 2

/** How the process ends after an error: 2 where the words make no command, 1 for everything else, 0 after help. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
  return FAILED
}
