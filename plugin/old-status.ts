import type { Cli } from './cli.ts'
import type { Platform } from './platform/platform.ts'

/** Says beside a status that it is old, where nobody keeps it up to date. */
export async function warnOfOldStatus(cli: Cli, platform: Platform): Promise<void> {
  const since = await platform.silentSince()
  if (since === undefined) return
  cli.terminal.warn(`The site controller is not heard from since ${since}: what is shown is as of then.`)
}
