import { parseArgs } from 'node:util'
import { SkupperError, messageOf } from '../core/model/error.ts'

export const USAGE = `usage: node router/main.ts --config FILE [--grace-seconds N] [--end-with-stdin]

  --config FILE       JSON list of [type, attributes] pairs
  --grace-seconds N   how long connections may go on after SIGTERM (default 10)
  --end-with-stdin    drain and end when standard input closes, too`

const DEFAULT_GRACE_SECONDS = 10
const MAX_GRACE_SECONDS = 3_600

/** What the router was started with. */
export interface Flags {
  /** Path of the boot file. */
  readonly config: string
  readonly graceMs: number
  readonly endWithStdin: boolean
}

/** Reads the command line. Throws `config/bad-flag`. */
export function parseFlags(args: readonly string[]): Flags {
  const { config, 'grace-seconds': given, 'end-with-stdin': endWithStdin } = valuesOf(args)
  if (config === undefined) throw new SkupperError('config/bad-flag', '--config is missing')
  if (!/^\d{1,4}$/.test(given) || Number(given) > MAX_GRACE_SECONDS) {
    const wanted = `a number from 0 to ${String(MAX_GRACE_SECONDS)}`
    throw new SkupperError('config/bad-flag', `--grace-seconds is "${given}"; wanted ${wanted}`, { given, wanted })
  }
  return { config, graceMs: Number(given) * 1000, endWithStdin }
}

function valuesOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        'grace-seconds': { type: 'string', default: String(DEFAULT_GRACE_SECONDS) },
        'end-with-stdin': { type: 'boolean', default: false },
      },
    })
    return values
  } catch (cause) {
    throw new SkupperError('config/bad-flag', messageOf(cause), { cause })
  }
}
