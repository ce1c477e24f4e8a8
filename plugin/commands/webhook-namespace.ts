import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { WaitFlags } from '../flags.ts'
import type { Terminal } from '../output/terminal.ts'
import { waitUntil } from '../wait.ts'

/**
 * Waits for a namespace that is on its way out: until it is gone nothing can be made in it. One that stays is not waited
 * for, nor is anything with `--wait none`.
 */
export async function namespaceGone(
  client: KubeClient,
  { wait, timeout }: WaitFlags,
  terminal: Terminal,
): Promise<void> {
  if (wait === 'none') return
  const { NAMESPACE } = await import('../../core/kube/resource-types.ts')
  const ending = async () =>
    (await client.get(NAMESPACE, client.namespace))?.metadata.deletionTimestamp === undefined
      ? undefined
      : 'what is in it still ends'
  if ((await ending()) === undefined) return
  const what = `Waiting for namespace ${client.namespace} to be gone`
  await waitUntil(ending, { what, timeoutMs: timeout, terminal })
}
