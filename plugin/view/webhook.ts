import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { MutatingWebhookConfiguration } from '../../core/kube/library-objects.ts'
import { DEPLOYMENT, MUTATING_WEBHOOK } from '../../core/kube/resource-types.ts'
import { WEBHOOK } from '../../core/kube/webhook/webhook-name.ts'

/** What there is of the webhook in a cluster. */
export interface WebhookFacts {
  installed: boolean
  replicas: number
  ready: number
  /** Whether API servers know whose certificates to trust. */
  trusted: boolean
  /** What is still missing for it to answer; undefined where nothing is. */
  missing?: string | undefined
}

/** Looks at the webhook in the client's namespace. */
export async function webhookFacts(client: KubeClient): Promise<WebhookFacts> {
  const [deployment, configuration] = await Promise.all([
    client.get(DEPLOYMENT, WEBHOOK),
    client.get(MUTATING_WEBHOOK, WEBHOOK),
  ])
  const facts = {
    installed: deployment !== undefined && configuration !== undefined,
    replicas: deployment?.spec?.replicas ?? 0,
    ready: deployment?.status?.readyReplicas ?? 0,
    trusted: isTrusted(configuration),
  }
  return { ...facts, missing: missingOf(facts) }
}

/** The facts in a sentence. */
export function webhookText({ installed, ready, replicas, missing }: WebhookFacts, namespace: string): string {
  if (!installed) return `The webhook is not installed in namespace ${namespace}: run skupper webhook install`
  const replicasText = `${String(ready)} of ${String(replicas)} replicas are ready`
  return missing === undefined ? `The webhook is working: ${replicasText}` : `The webhook is not working: ${missing}`
}

function isTrusted(configuration: MutatingWebhookConfiguration | undefined): boolean {
  return configuration?.webhooks?.every(({ clientConfig }) => (clientConfig.caBundle ?? '') !== '') ?? false
}

function missingOf({ installed, ready, trusted }: Omit<WebhookFacts, 'missing'>): string | undefined {
  if (!installed) return 'it is not installed'
  if (ready === 0) return 'no replica is ready'
  return trusted ? undefined : 'its certificate is not known to the API server yet'
}
