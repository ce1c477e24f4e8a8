import { clusterPolicySchema, type ClusterPolicies } from '../model/policy/cluster-policy.ts'
import { exposurePolicySchema, type ExposurePolicy } from '../model/policy/exposure-policy.ts'
import type { Policies } from '../model/exposure/exposure-of.ts'
import { Informer, type InformerOptions } from './informer.ts'
import type { KubeClient } from './kube-client.ts'
import { CLUSTER_POLICY, EXPOSURE_POLICY } from './resource-types.ts'
import type { KubeObject } from './kube-object.ts'

/** The policies of a cluster, kept up to date: what webhook and controller decide by. */
export class PolicyList {
  readonly #exposure: Informer<KubeObject>
  readonly #cluster: Informer<KubeObject>
  #policies: Policies | undefined

  constructor(client: KubeClient, { log, random, onChange: told }: Omit<InformerOptions, 'namespace' | 'all'>) {
    const onChange = () => {
      this.#policies = undefined
      told?.()
    }
    this.#exposure = new Informer(client, EXPOSURE_POLICY, { log, random, onChange, all: true })
    this.#cluster = new Informer(client, CLUSTER_POLICY, { log, random, onChange, all: true })
  }

  start(): void {
    this.#exposure.start()
    this.#cluster.start()
  }

  async settled(deadlineMs: number): Promise<void> {
    await Promise.all([this.#exposure.settled(deadlineMs), this.#cluster.settled(deadlineMs)])
  }

  close(): void {
    this.#exposure.close()
    this.#cluster.close()
  }

  /** Exposure policies that cannot be read expose nothing; policies of v1 that cannot be read allow nothing. */
  get policies(): Policies {
    this.#policies ??= { exposure: this.#exposurePolicies(), cluster: this.#clusterPolicies() }
    return this.#policies
  }

  /** Why everything is denied that policies might allow: names the verb that is missing. */
  get problems(): string[] {
    return this.#cluster.state === 'unreadable' ? [this.#cluster.error?.message ?? ''] : []
  }

  #exposurePolicies(): ExposurePolicy[] {
    return this.#exposure.state === 'known' ? this.#exposure.items().flatMap(soundPolicy) : []
  }

  #clusterPolicies(): ClusterPolicies {
    const { state, error } = this.#cluster
    if (state === 'absent') return { state }
    if (state !== 'known') return { state: 'unreadable', why: error?.message ?? 'they are not read yet' }
    const policies = this.#cluster.items().flatMap((item) => {
      const result = clusterPolicySchema.safeParse(item)
      return result.success ? [result.data] : []
    })
    return { state: 'active', policies }
  }
}

function soundPolicy(item: KubeObject): ExposurePolicy[] {
  const result = exposurePolicySchema.safeParse(item)
  return result.success ? [result.data] : []
}
