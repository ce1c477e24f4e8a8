import { clusterPolicySchema, type ClusterPolicies } from '../model/policy/cluster-policy.ts'
import { exposurePolicySchema, type ExposurePolicy } from '../model/policy/exposure-policy.ts'
import type { Policies } from '../model/exposure/exposure-of.ts'
import { OptionalList, type OptionalListOptions } from './optional-list.ts'
import { CLUSTER_POLICY, EXPOSURE_POLICY } from './resource-types.ts'
import type { KubeObject } from './kube-object.ts'

/** The policies of a cluster, kept up to date: what webhook and controller decide by. */
export class PolicyList {
  readonly #exposure: OptionalList
  readonly #cluster: OptionalList
  #policies: Policies | undefined

  constructor(options: Omit<OptionalListOptions<KubeObject>, 'type' | 'namespace' | 'labelSelector'>) {
    const onChange = () => {
      this.#policies = undefined
      options.onChange()
    }
    this.#exposure = new OptionalList({ ...options, type: EXPOSURE_POLICY, onChange })
    this.#cluster = new OptionalList({ ...options, type: CLUSTER_POLICY, onChange })
  }

  start(): void {
    this.#exposure.start()
    this.#cluster.start()
  }

  async ready(deadlineMs: number): Promise<void> {
    await Promise.all([this.#exposure.ready(deadlineMs), this.#cluster.ready(deadlineMs)])
  }

  close(): void {
    this.#exposure.close()
    this.#cluster.close()
  }

  /** Exposure policies that cannot be read expose nothing; policies of v1 that cannot be read allow nothing. */
  get policies(): Policies {
    this.#policies ??= { exposure: this.#exposure.items.flatMap(soundPolicy), cluster: this.#clusterPolicies() }
    return this.#policies
  }

  /** Why everything is denied that policies might allow: names the verb that is missing. */
  get problems(): string[] {
    return this.#cluster.state === 'unreadable' ? [this.#cluster.why] : []
  }

  #clusterPolicies(): ClusterPolicies {
    const { state, why, items } = this.#cluster
    if (state === 'absent') return { state }
    if (state !== 'known') return { state: 'unreadable', why: state === 'unknown' ? 'they are not read yet' : why }
    const policies = items.flatMap((item) => {
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
