import { Command } from 'commander'
import { WEBHOOK_NAMESPACE } from '../../core/kube/webhook/webhook-name.ts'
import type { Cli, GlobalFlags } from '../cli.ts'
import { outputFlag, type OutputFlags } from '../flags.ts'

/** `skupper webhook status`: whether it is there, and whether API servers ask it. */
export function webhookStatusCommand(cli: Cli): Command {
  return new Command('status')
    .description('Show whether the webhook is there and asked')
    .addOption(outputFlag())
    .action(async ({ output }: OutputFlags, command: Command) => {
      const given = command.optsWithGlobals<GlobalFlags>()
      const { client } = await cli.cluster({ ...given, namespace: given.namespace ?? WEBHOOK_NAMESPACE })
      const { webhookFacts, webhookText } = await import('../view/webhook.ts')
      const facts = await webhookFacts(client)
      if (output !== undefined) cli.terminal.document(facts, output)
      else cli.terminal.print(webhookText(facts, client.namespace))
    })
}
