import { Command } from 'commander'
import { WEBHOOK, WEBHOOK_NAMESPACE } from '../../core/kube/webhook/webhook-name.ts'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { Cli, GlobalFlags } from '../cli.ts'
import { parseCount, timeoutFlag, waitFlag, type WaitFlags } from '../flags.ts'
import { waitUntil } from '../wait.ts'
import { namespaceGone } from './webhook-namespace.ts'

interface Flags extends WaitFlags {
  image?: string
  replicas: number
  certManager?: boolean
}

/** `skupper webhook install`: makes everything of it, or brings it up to date. */
export function webhookInstallCommand(cli: Cli): Command {
  return new Command('install')
    .description('Install the webhook into the cluster, or bring it up to date')
    .option('--image <image>', 'the image to run it from')
    .option('--replicas <count>', 'how many of it run', parseCount, 2)
    .option('--cert-manager', 'have cert-manager make its certificates')
    .addOption(waitFlag())
    .addOption(timeoutFlag('2m'))
    .action(async (flags: Flags, command: Command) => {
      const given = command.optsWithGlobals<GlobalFlags>()
      const namespace = given.namespace ?? WEBHOOK_NAMESPACE
      const { client, image } = await cli.cluster({ ...given, namespace })
      await refuseSecond(client)
      await namespaceGone(client, flags, cli.terminal)
      const { webhookObjects } = await import('../../core/kube/webhook/webhook-objects.ts')
      const { replicas, certManager = false } = flags
      const options = { namespace, replicas, certManager, image: flags.image ?? image }
      for (const object of webhookObjects(options)) await client.apply(object)
      if (flags.wait === 'ready') {
        const { webhookFacts } = await import('../view/webhook.ts')
        await waitUntil(async () => (await webhookFacts(client)).missing, {
          what: `Waiting for ${WEBHOOK}`,
          timeoutMs: flags.timeout,
          terminal: cli.terminal,
        })
      }
      cli.terminal.print(`The webhook is installed in namespace ${namespace}`)
    })
}

/** A cluster has one: two would write over each other's configurations. */
async function refuseSecond(client: KubeClient): Promise<void> {
  const { MUTATING_WEBHOOK } = await import('../../core/kube/resource-types.ts')
  const there = await client.get(MUTATING_WEBHOOK, WEBHOOK)
  const elsewhere = there?.webhooks?.[0]?.clientConfig.service?.namespace ?? client.namespace
  if (elsewhere === client.namespace) return
  const wanted = `-n ${elsewhere}, or skupper webhook uninstall -n ${elsewhere} first`
  const message = `The webhook is installed in namespace ${elsewhere}, and a cluster has one; wanted ${wanted}`
  throw new SkupperError('webhook/elsewhere', message, { given: client.namespace, wanted })
}
