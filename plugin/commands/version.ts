import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { outputFlag, type OutputFlags } from '../flags.ts'
import { findSite } from '../site.ts'

/** `skupper version`: the client's version and those that the site runs. */
export function versionCommand(cli: Cli): Command {
  return new Command('version')
    .description('Show the versions of this client and of the site')
    .addOption(outputFlag())
    .action(async (flags: OutputFlags, command: Command) => {
      const site = await findSite(platformOf(cli, command))
      const running = site?.status?.controller?.version ?? 'not-found'
      const versions = { client: cli.version, router: running, controller: running }
      if (flags.output !== undefined) {
        cli.terminal.document(versions, flags.output)
        return
      }
      for (const [part, version] of Object.entries(versions)) {
        cli.terminal.print(`${`${part} version`.padEnd(30)} ${version}`)
      }
    })
}
