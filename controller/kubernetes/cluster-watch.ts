import { Informer } from '../../core/kube/informer.ts'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject, ResourceType } from '../../core/kube/kube-object.ts'
import type { Deployment, EndpointSlice, Pod, Service } from '../../core/kube/library-objects.ts'
import {
  CONFIG_MAP,
  DEPLOYMENT,
  ENDPOINT_SLICE,
  HTTP_PROXY,
  INGRESS,
  NETWORK_POLICY,
  POD,
  POD_DISRUPTION_BUDGET,
  ROUTE,
  SECRET,
  SERVICE,
  TLS_ROUTE,
} from '../../core/kube/resource-types.ts'
import type { Log } from '../log.ts'
import { isOurs } from './object-plan.ts'
import { SITE_LABEL } from './site-labels.ts'

const READY_MS = 30_000
/** Kinds of other projects, which a cluster may have. */
const OPTIONAL: readonly ResourceType[] = [ROUTE, HTTP_PROXY, TLS_ROUTE]

export interface ClusterWatchOptions {
  readonly client: KubeClient
  readonly namespace: string
  readonly log: Log
  readonly onChange: () => void
}

/** What there is in a namespace, kept up to date: pods, Services, and every object that the controller makes. */
export class ClusterWatch {
  readonly #options: ClusterWatchOptions
  readonly #pods: Informer<Pod>
  readonly #services: Informer<Service>
  readonly #slices: Informer<EndpointSlice>
  readonly #deployments: Informer<Deployment>
  readonly #others: Informer<KubeObject>[]
  #types: readonly ResourceType[] = []

  constructor(options: ClusterWatchOptions) {
    this.#options = options
    this.#pods = this.#informer(POD)
    this.#services = this.#informer(SERVICE)
    this.#slices = this.#informer(ENDPOINT_SLICE)
    this.#deployments = this.#informer(DEPLOYMENT, SITE_LABEL)
    const others = [CONFIG_MAP, SECRET, POD_DISRUPTION_BUDGET, NETWORK_POLICY, INGRESS]
    this.#others = others.map((type) => this.#informer<KubeObject>(type, SITE_LABEL))
    this.#types = [SERVICE, ENDPOINT_SLICE, DEPLOYMENT, ...others]
  }

  get pods(): readonly Pod[] {
    return this.#pods.items()
  }

  get services(): readonly Service[] {
    return this.#services.items()
  }

  get slices(): readonly EndpointSlice[] {
    return this.#slices.items()
  }

  get deployments(): readonly Deployment[] {
    return this.#deployments.items()
  }

  /** The types that are kept, by kind. */
  get types(): ReadonlyMap<string, ResourceType> {
    return new Map(this.#types.map((type) => [type.kind, type]))
  }

  /** Everything of the kept types, also the Services of others. */
  get objects(): readonly KubeObject[] {
    return [
      ...this.#services.items(),
      ...this.#slices.items(),
      ...this.#deployments.items(),
      ...this.#others.flatMap((informer) => informer.items()),
    ]
  }

  /** Since when some of it was not heard of; undefined while all is up to date. */
  get staleSince(): Date | undefined {
    const times = this.#all.flatMap(({ staleSince }) => staleSince ?? [])
    return times.sort((a, b) => a.getTime() - b.getTime())[0]
  }

  /** Takes over the answer to a write. */
  wrote(object: KubeObject): void {
    this.#informerOf(object)?.wrote(object)
  }

  /** Forgets what was removed. */
  deleted(object: KubeObject): void {
    this.#informerOf(object)?.deleted(object.metadata.name)
  }

  /** All that controllers made for sites that are not this one; for all sites where none is given. */
  leftOver(siteId: string | undefined): KubeObject[] {
    return this.objects.filter((object) => isOurs(object) && object.metadata.labels?.[SITE_LABEL] !== siteId)
  }

  /** Resolves when everything has been seen once. @throws SkupperError of the informers. */
  async start(): Promise<void> {
    const { client } = this.#options
    const served = await Promise.all(OPTIONAL.map((type) => client.serves(type)))
    const there = OPTIONAL.filter((_type, index) => served[index])
    this.#others.push(...there.map((type) => this.#informer<KubeObject>(type, SITE_LABEL)))
    this.#types = [...this.#types, ...there]
    for (const informer of this.#all) informer.start()
    await Promise.all(this.#all.map((informer) => informer.ready(READY_MS)))
  }

  close(): void {
    for (const informer of this.#all) informer.close()
  }

  #informerOf({ kind }: KubeObject) {
    return this.#all.find(({ type }) => type.kind === kind)
  }

  get #all() {
    return [this.#pods, this.#services, this.#slices, this.#deployments, ...this.#others]
  }

  #informer<T extends KubeObject>(type: ResourceType<T>, labelSelector?: string): Informer<T> {
    const { client, namespace, log, onChange } = this.#options
    return new Informer(client, type, { namespace, labelSelector, log, onChange })
  }
}
