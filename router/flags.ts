import { parseArgs } from 'node:util'
import { SkupperError, messageOf } from '../core/model/error.ts'

export const USAGE = `usage: node router/main.ts --config FILE [--leave-seconds N] [--grace-seconds N] [--end-with-stdin]

  --config FILE       JSON list of [type, attributes] pairs
  --leave-seconds N   how long clients are still taken after SIGTERM (default 0)
  --grace-seconds N   how long connections may go on after that (default 10)
  --end-with-stdin    drain and end when standard input closes, too`

const DEFAULT_GRACE_SECONDS = 10
const DEFAULT_LEAVE_SECONDS = 0
const MAX_SECONDS = 3_600

/** What the router was started with. */
export interface Flags {
  /** Path of the boot file. */
  readonly config: string
  readonly leaveMs: number
  readonly graceMs: number
  readonly endWithStdin: boolean
}

/** Reads the command line. Throws `config/bad-flag`. */
export function parseFlags(args: readonly string[]): Flags {
  const { config, 'leave-seconds': leave, 'grace-seconds': grace, 'end-with-stdin': endWithStdin } = valuesOf(args)
  if (config === undefined) throw new SkupperError('config/bad-flag', '--config is missing')
  return { config, leaveMs: millisecondsOf('leave', leave), graceMs: millisecondsOf('grace', grace), endWithStdin }
}

function millisecondsOf(flag: 'leave' | 'grace', given: string): number {
  if (/^\d{1,4}$/.test(given) && Number(given) <= MAX_SECONDS) return Number(given) * 1000
  const wanted = `a number from 0 to ${String(MAX_SECONDS)}`
  throw new SkupperError('config/bad-flag', `--${flag}-seconds is "${given}"; wanted ${wanted}`, { given, wanted })
}

function valuesOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        'leave-seconds': { type: 'string', default: String(DEFAULT_LEAVE_SECONDS) },
        'grace-seconds': { type: 'string', default: String(DEFAULT_GRACE_SECONDS) },
        'end-with-stdin': { type: 'boolean', default: false },
      },
    })
    return values
  } catch (cause) {
    throw new SkupperError('config/bad-flag', messageOf(cause), { cause })
  }
}
