import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { SkupperError } from '../../core/model/error.ts'
import { requireSite } from '../site.ts'

/** `skupper link delete NAME`: ends a link; the token file it was made from can be used again. */
export function linkDeleteCommand(cli: Cli): Command {
  return new Command('delete')
    .description('Delete a link')
    .argument('<name>', 'name of the link')
    .action(async (name: string, _flags: object, command: Command) => {
      const platform = await platformOf(cli, command)
      await requireSite(platform)
      const token = await platform.resources.delete('AccessToken', name)
      const link = await platform.resources.delete('Link', name)
      if (!token && !link) {
        throw new SkupperError('link/unknown', `Failed to remove link: No such link "${name}"`, { given: name })
      }
      cli.terminal.print(`Link '${name}' has been removed`)
    })
}
