import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { revokeSite } from '../revoke-site.ts'
import { requireSite } from '../site.ts'

interface Flags {
  site?: string
}

/** `skupper revoke-access`: ends the links that others have to this site, and all tokens they could link with. */
export function revokeAccessCommand(cli: Cli): Command {
  return new Command('revoke-access')
    .description('End the links of other sites to this one, and make every token for it worthless')
    .option('--site <name>', 'only those of the site of this name or id')
    .action(async ({ site: name }: Flags, command: Command) => {
      const platform = await platformOf(cli, command)
      await requireSite(platform)
      const revoked = name === undefined ? platform.revokeAccess() : revokeSite(platform, name, cli.terminal)
      for (const line of await revoked) cli.terminal.print(line)
    })
}
