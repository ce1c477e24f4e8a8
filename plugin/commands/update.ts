import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { timeoutFlag, waitFlag, type WaitFlags } from '../flags.ts'
import { requireSite } from '../site.ts'
import { waitUntil } from '../wait.ts'

interface Flags extends WaitFlags {
  forceRestart?: true
}

/** `skupper update`: makes the site run the release of this client. */
export function updateCommand(cli: Cli): Command {
  return new Command('update')
    .description('Make the site run the release of this client')
    .option('--force-restart', 'restart its programs even where they are of this release')
    .addOption(waitFlag())
    .addOption(timeoutFlag('2m'))
    .action(async (flags: Flags, command: Command) => {
      const platform = await platformOf(cli, command)
      await requireSite(platform)
      const isChanged = await platform.update(flags.forceRestart === true)
      if (!isChanged) {
        cli.terminal.print(`No update required in '${platform.namespace}'.`)
        return
      }
      cli.terminal.print(`Skupper update in progress for '${platform.namespace}'.`)
      if (flags.wait === 'none') return
      const waiting = { what: 'Waiting for the update', timeoutMs: flags.timeout, terminal: cli.terminal }
      await waitUntil(() => platform.obstacle(), waiting)
      cli.terminal.print(`Skupper is now updated for '${platform.namespace}'.`)
    })
}
