import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { SkupperError } from '../../core/model/error.ts'
import { findSite } from '../site.ts'

/** `skupper delete`: ends the site and removes all it made. */
export function deleteCommand(cli: Cli): Command {
  return new Command('delete')
    .description('Remove Skupper from the namespace, with its links and services')
    .action(async (_flags: object, command: Command) => {
      const platform = await platformOf(cli, command)
      const { namespace } = platform
      if ((await findSite(platform)) === undefined) {
        throw new SkupperError('site/missing', `Skupper not installed in '${namespace}'`, { given: namespace })
      }
      await cli.terminal.progress('Removing Skupper', (update) => platform.remove(update))
      cli.terminal.print(`Skupper is now removed from '${namespace}'.`)
    })
}
