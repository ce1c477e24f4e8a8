import { Command } from 'commander'
import type { Cli, GlobalFlags } from '../cli.ts'

/** `skupper debug policies`: all policies of Skupper v1, and what they say to the namespace. */
export function debugPoliciesCommand(cli: Cli): Command {
  return new Command('policies')
    .description("Show what Skupper v1's policies say to the namespace")
    .action(async (_flags: object, command: Command) => {
      const { client } = await cli.cluster(command.optsWithGlobals<GlobalFlags>())
      const { namespacePolicies } = await import('../view/policies.ts')
      cli.terminal.document(await namespacePolicies(client), 'yaml')
    })
}
