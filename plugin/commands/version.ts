import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { messageOf } from '../../core/model/error.ts'
import { outputFlag, type OutputFlags } from '../flags.ts'

/** `skupper version`: the client's version and those that the site runs. */
export function versionCommand(cli: Cli): Command {
  return new Command('version')
    .description('Show the versions of this client and of the site')
    .option('--client', 'only that of this client: nothing is asked of a site')
    .addOption(outputFlag())
    .action(async (flags: OutputFlags & { client?: true }, command: Command) => {
      const running = flags.client === true ? {} : await runningVersions(cli, command)
      const versions = { client: cli.version, ...running }
      if (flags.output !== undefined) {
        cli.terminal.document(versions, flags.output)
        return
      }
      for (const [part, version] of Object.entries(versions)) {
        cli.terminal.print(`${`${part} version`.padEnd(30)} ${version}`)
      }
    })
}

/** Without a way to the site this is no error: the client's version is what people are asked for first. */
async function runningVersions(cli: Cli, command: Command) {
  try {
    return await (await platformOf(cli, command)).versions()
  } catch (error) {
    const reason = `not-found (${messageOf(error)})`
    return { controller: reason, router: reason }
  }
}
