import { Command } from 'commander'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { POLICY_READER, WEBHOOK_NAMESPACE } from '../../core/kube/webhook/webhook-name.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { Cli, GlobalFlags } from '../cli.ts'
import { timeoutFlag, waitFlag, type WaitFlags } from '../flags.ts'
import { namespaceGone } from './webhook-namespace.ts'

/** `skupper webhook uninstall`: what is exposed stays so, as site controllers see to it by themselves. */
export function webhookUninstallCommand(cli: Cli): Command {
  return new Command('uninstall')
    .description('Remove the webhook; what is exposed stays exposed')
    .addOption(waitFlag())
    .addOption(timeoutFlag('1m'))
    .action(async (flags: WaitFlags, command: Command) => {
      const given = command.optsWithGlobals<GlobalFlags>()
      const namespace = given.namespace ?? WEBHOOK_NAMESPACE
      const { client } = await cli.cluster({ ...given, namespace })
      const { webhookObjects } = await import('../../core/kube/webhook/webhook-objects.ts')
      const { SECRET, typeOf } = await import('../../core/kube/resource-types.ts')
      // Whether cert-manager made the certificates is not known any more: what is not there is no matter.
      const objects = webhookObjects({ namespace, image: '', replicas: 0, certManager: true })
      const isRead = await isPolicyRead(client)
      const ours = objects.filter((object) => goes(object, isRead))
      // First of all nobody is to ask it any more.
      for (const object of ours.reverse()) {
        await client
          .delete(typeOf(object), object.metadata.name, { namespace: object.metadata.namespace })
          .catch(noSuchKind)
      }
      for (const secret of SECRETS) await client.delete(SECRET, secret)
      await namespaceGone(client, flags, cli.terminal)
      cli.terminal.print('The webhook is removed')
    })
}

/** Those of the webhook itself, and of cert-manager for it. */
const SECRETS = ['skupper-webhook-ca', 'skupper-webhook-certs', 'skupper-webhook-supplied']

/** A cluster may have no cert-manager. */
function noSuchKind(error: unknown): void {
  if (!(error instanceof SkupperError) || error.code !== 'kube/no-crd') throw error
}

/** Whether site controllers read policies by the right that the webhook gave them. */
async function isPolicyRead(client: KubeClient): Promise<boolean> {
  const { CLUSTER_ROLE_BINDING } = await import('../../core/kube/resource-types.ts')
  const binding = await client.get(CLUSTER_ROLE_BINDING, POLICY_READER)
  return (binding?.subjects ?? []).length > 0
}

/**
 * Policies are the administrator's own words, and site controllers go on reading them: their kind stays, and the right
 * as long as anybody has it. A namespace of another name may hold more than the webhook.
 */
function goes({ kind, metadata: { name } }: KubeObject, isRead: boolean): boolean {
  if (kind === 'Namespace') return name === WEBHOOK_NAMESPACE
  return kind !== 'CustomResourceDefinition' && !(isRead && name === POLICY_READER)
}
