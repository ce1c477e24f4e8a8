import { Command, Option } from 'commander'
import type { Cli } from './cli.ts'
import { completeCommand, completionCommand } from './commands/completion.ts'
import { debugDumpCommand } from './commands/debug-dump.ts'
import { deleteCommand } from './commands/delete.ts'
import { exposeCommand } from './commands/expose.ts'
import { initCommand } from './commands/init.ts'
import { linkCreateCommand } from './commands/link-create.ts'
import { linkDeleteCommand } from './commands/link-delete.ts'
import { linkStatusCommand } from './commands/link-status.ts'
import { networkStatusCommand } from './commands/network-status.ts'
import { serviceBindCommand } from './commands/service-bind.ts'
import { serviceCreateCommand } from './commands/service-create.ts'
import { serviceDeleteCommand } from './commands/service-delete.ts'
import { serviceLabelCommand } from './commands/service-label.ts'
import { serviceStatusCommand } from './commands/service-status.ts'
import { serviceUnbindCommand } from './commands/service-unbind.ts'
import { statusCommand } from './commands/status.ts'
import { tokenCreateCommand } from './commands/token-create.ts'
import { tokenStatusCommand } from './commands/token-status.ts'
import { unexposeCommand } from './commands/unexpose.ts'
import { versionCommand } from './commands/version.ts'

/** The whole command line. `name` is how the program was called: `skupper`, or `kubectl skupper`. */
export function skupperProgram(cli: Cli, name: string): Command {
  const program = new Command(name)
    .description('Connect services across clusters and machines, without a VPN')
    .addOption(new Option('--platform <platform>', 'where the site runs: linux').env('SKUPPER_PLATFORM'))
    .option('-n, --namespace <name>', 'the namespace to work on')
    .helpCommand(false)
    .showSuggestionAfterError()
  const commands = [
    versionCommand(cli),
    initCommand(cli),
    deleteCommand(cli),
    statusCommand(cli),
    group('token', 'Create and look at tokens', [tokenCreateCommand(cli), tokenStatusCommand(cli)]),
    group('link', 'Link this site to others', [linkCreateCommand(cli), linkDeleteCommand(cli), linkStatusCommand(cli)]),
    exposeCommand(cli),
    unexposeCommand(cli),
    group('service', 'Define and look at services', [
      serviceCreateCommand(cli),
      serviceDeleteCommand(cli),
      serviceBindCommand(cli),
      serviceUnbindCommand(cli),
      serviceLabelCommand(cli),
      serviceStatusCommand(cli),
    ]),
    group('network', 'Look at the network', [networkStatusCommand(cli)]),
    group('debug', 'Find out what is wrong', [debugDumpCommand(cli)]),
    completionCommand(cli),
  ]
  for (const command of commands) program.addCommand(command)
  return program.addCommand(completeCommand(cli, program), { hidden: true })
}

function group(name: string, description: string, commands: readonly Command[]): Command {
  const parent = new Command(name).description(description).helpCommand(false)
  for (const command of commands) parent.addCommand(command)
  return parent
}
