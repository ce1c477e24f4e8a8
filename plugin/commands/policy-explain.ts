import { Command } from 'commander'
import { SkupperError } from '../../core/model/error.ts'
import type { Cli, GlobalFlags } from '../cli.ts'

/** `skupper policy explain KIND/NAME`: whether an object is exposed, what each policy says to it, and why. */
export function policyExplainCommand(cli: Cli): Command {
  return new Command('explain')
    .description('Say whether an object is exposed, and why')
    .argument('<object>', 'service/NAME, deployment/NAME, statefulset/NAME or daemonset/NAME')
    .action(async (given: string, _flags: object, command: Command) => {
      const { client } = await cli.cluster(command.optsWithGlobals<GlobalFlags>())
      const { explainExposure, findExposable, readPolicies } = await import('../view/policies.ts')
      const object = await findExposable(client, given)
      if (object === undefined) {
        const message = `${given} not found in namespace ${client.namespace}`
        throw new SkupperError('target/unknown', message, { given, wanted: 'KIND/NAME of a Service or workload' })
      }
      for (const line of await explainExposure(client, object, await readPolicies(client))) cli.terminal.print(line)
    })
}
