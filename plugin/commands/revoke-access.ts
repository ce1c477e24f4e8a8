import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { requireSite } from '../site.ts'

/** `skupper revoke-access`: ends the links that others have to this site, and all tokens they could link with. */
export function revokeAccessCommand(cli: Cli): Command {
  return new Command('revoke-access')
    .description('End the links of other sites to this one, and make every token for it worthless')
    .action(async (_flags: object, command: Command) => {
      const platform = await platformOf(cli, command)
      await requireSite(platform)
      for (const line of await platform.revokeAccess()) cli.terminal.print(line)
    })
}
