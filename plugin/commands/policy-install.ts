import { Command } from 'commander'
import { SkupperError } from '../../core/model/error.ts'
import type { Cli, GlobalFlags } from '../cli.ts'

/** `skupper policy install --v1`: the kind SkupperClusterPolicy, with which nothing is allowed that no policy allows. */
export function policyInstallCommand(cli: Cli): Command {
  return new Command('install')
    .description('Install the policies of Skupper v1: from then on, what no policy allows is denied')
    .option('--v1', 'the kind SkupperClusterPolicy')
    .option('--yes', 'do it, after what it denies was read')
    .action(async ({ v1, yes }: { v1?: boolean; yes?: boolean }, command: Command) => {
      if (v1 !== true) throw new SkupperError('flag/v1', '--v1 is required: it is the only kind that can be installed')
      const { client } = await cli.cluster(command.optsWithGlobals<GlobalFlags>())
      const { wouldDeny } = await import('../view/policies.ts')
      const denied = await wouldDeny(client)
      for (const line of denied) cli.terminal.print(line)
      if (denied.length > 0 && yes !== true) {
        throw new SkupperError('policy/denies', 'This would be denied until a policy allows it; add --yes to go on')
      }
      const { clusterPolicyCrd } = await import('../../core/kube/webhook/policy-crds.ts')
      await client.apply(clusterPolicyCrd())
      cli.terminal.print('Policies of Skupper v1 are in force: what none of them allows is denied')
    })
}
