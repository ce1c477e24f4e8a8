import { Command } from 'commander'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { POLICY_READER, WEBHOOK_NAMESPACE } from '../../core/kube/webhook/webhook-name.ts'
import type { Cli, GlobalFlags } from '../cli.ts'

/** `skupper webhook uninstall`: what is exposed stays so, as site controllers see to it by themselves. */
export function webhookUninstallCommand(cli: Cli): Command {
  return new Command('uninstall')
    .description('Remove the webhook; what is exposed stays exposed')
    .action(async (_flags: object, command: Command) => {
      const given = command.optsWithGlobals<GlobalFlags>()
      const namespace = given.namespace ?? WEBHOOK_NAMESPACE
      const { client } = await cli.cluster({ ...given, namespace })
      const { webhookObjects } = await import('../../core/kube/webhook/webhook-objects.ts')
      const { SECRET, typeOf } = await import('../../core/kube/resource-types.ts')
      const objects = webhookObjects({ namespace, image: '', replicas: 0, certManager: false })
      const ours = objects.filter((object) => goes(object))
      // First of all nobody is to ask it any more.
      for (const object of ours.reverse()) {
        await client.delete(typeOf(object), object.metadata.name, { namespace: object.metadata.namespace })
      }
      for (const secret of ['skupper-webhook-ca', 'skupper-webhook-certs']) await client.delete(SECRET, secret)
      cli.terminal.print('The webhook is removed')
    })
}

/**
 * Policies are the administrator's own words, and site controllers go on reading them: their kind and the rights stay. A
 * namespace of another name may hold more than the webhook.
 */
function goes({ kind, metadata: { name } }: KubeObject): boolean {
  if (kind === 'Namespace') return name === WEBHOOK_NAMESPACE
  return kind !== 'CustomResourceDefinition' && name !== POLICY_READER
}
