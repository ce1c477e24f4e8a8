import { Command } from 'commander'
import { inOrder } from '../../core/model/policy/exposure-policy.ts'
import type { Cli, GlobalFlags } from '../cli.ts'
import { outputFlag, type OutputFlags } from '../flags.ts'
import { boxTable } from '../output/table.ts'

/** `skupper policy list`: policies of both kinds, those of ours in the order in which they are asked. */
export function policyListCommand(cli: Cli): Command {
  return new Command('list')
    .description('List the policies of the cluster')
    .addOption(outputFlag())
    .action(async ({ output }: OutputFlags, command: Command) => {
      const { client } = await cli.cluster(command.optsWithGlobals<GlobalFlags>())
      const { readPolicies } = await import('../view/policies.ts')
      const policies = await readPolicies(client)
      if (output !== undefined) {
        cli.terminal.document(policies, output)
        return
      }
      const exposure = inOrder(policies.exposure).map(({ metadata, spec }) => [
        ...['ExposurePolicy', metadata.name, String(spec.priority ?? 0)],
        `${(spec.kinds ?? ['Service']).join(', ')}${spec.dryRun === true ? ' (only reports)' : ''}`,
      ])
      const cluster = policies.cluster.state === 'active' ? policies.cluster.policies : []
      const old = cluster.map(({ metadata, spec }) => {
        return ['SkupperClusterPolicy', metadata.name, '', (spec.namespaces ?? []).join(', ')]
      })
      if (exposure.length + old.length > 0)
        cli.terminal.print(boxTable(['KIND', 'NAME', 'PRIORITY', 'FOR'], [...exposure, ...old]))
      else cli.terminal.print('There are no policies')
      if (policies.cluster.state === 'active') {
        cli.terminal.print('Policies of Skupper v1 are in force: what none of them allows is denied')
      }
    })
}
