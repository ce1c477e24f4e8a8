import type { KubeClient } from '../core/kube/kube-client.ts'
import { CLUSTER_ROLE_BINDING, MUTATING_WEBHOOK, VALIDATING_WEBHOOK } from '../core/kube/resource-types.ts'
import { webhookConfigurations, type ConfigurationOptions } from '../core/kube/webhook/webhook-configurations.ts'
import { POLICY_READER, WEBHOOK } from '../core/kube/webhook/webhook-name.ts'
import { policyReaderBinding } from '../core/kube/webhook/webhook-rbac.ts'

/** What the webhook keeps up to date in its cluster. It makes none of it: what somebody uninstalled stays away. */
export class Upkeep {
  readonly #client: KubeClient

  constructor(client: KubeClient) {
    this.#client = client
  }

  /** Both configurations: whom API servers trust, and what they ask for. */
  async keepConfigurations(options: ConfigurationOptions): Promise<void> {
    for (const configuration of webhookConfigurations(options)) {
      const type = configuration.kind === MUTATING_WEBHOOK.kind ? MUTATING_WEBHOOK : VALIDATING_WEBHOOK
      const there = await this.#client.get(type, WEBHOOK)
      if (there !== undefined) await this.#client.apply(configuration)
    }
  }

  /** The right to read policies: of exactly these service accounts. */
  async keepPolicyReaders(accounts: readonly { name: string; namespace: string }[]): Promise<void> {
    const binding = await this.#client.get(CLUSTER_ROLE_BINDING, POLICY_READER)
    if (binding === undefined) return
    const bound = (binding.subjects ?? []).map(({ name, namespace = '' }) => `${namespace}/${name}`)
    const isRight = bound.join() === accounts.map(({ name, namespace }) => `${namespace}/${name}`).join()
    if (!isRight) await this.#client.apply(policyReaderBinding(accounts))
  }
}
