import { Command } from 'commander'
import type { Cli, GlobalFlags } from '../cli.ts'
import { outputFlag, type OutputFlags } from '../flags.ts'
import { boxTable } from '../output/table.ts'

/** `skupper debug policies`: what the policies of Skupper v1 allow the namespace, and which of them does. */
export function debugPoliciesCommand(cli: Cli): Command {
  return new Command('policies')
    .description("Show what Skupper v1's policies allow the namespace; -o adds what they say to each link and service")
    .addOption(outputFlag())
    .action(async ({ output }: OutputFlags, command: Command) => {
      const { client } = await cli.cluster(command.optsWithGlobals<GlobalFlags>())
      const { clusterPoliciesOf, namespacePolicies } = await import('../view/policies.ts')
      if (output !== undefined) {
        cli.terminal.document(await namespacePolicies(client), output)
        return
      }
      const { policyRules } = await import('../view/policy-rules.ts')
      const rows = policyRules(await clusterPoliciesOf(client))
      if (rows === undefined) cli.terminal.print('Skupper cluster policies are disabled')
      else cli.terminal.print(boxTable(['RULE', 'VALUE', 'ALLOWED_BY'], rows))
    })
}
