import type { KubeClient } from '../core/kube/kube-client.ts'
import type { KubeObject, ResourceType } from '../core/kube/kube-object.ts'
import { Informer } from '../core/kube/informer.ts'
import { PolicyList } from '../core/kube/policy-list.ts'
import {
  DAEMON_SET,
  DEPLOYMENT,
  MODEL_TYPES,
  NAMESPACE,
  SERVICE,
  SERVICE_ACCOUNT,
  STATEFUL_SET,
} from '../core/kube/resource-types.ts'
import { SITE_CONTROLLER } from '../core/kube/site-rbac.ts'
import { PEER_AUTHENTICATION } from '../core/kube/resource-types.ts'
import { EXPOSED_LABEL } from '../core/model/annotation-names.ts'
import { exposureOf } from '../core/model/exposure/exposure-of.ts'
import type { ClusterView } from './cluster-view.ts'
import { ExposedObjects } from './exposed-objects.ts'
import type { Log } from './log.ts'
import { peerAuthenticationSchema } from './mesh.ts'

const EXPOSED = `${EXPOSED_LABEL}=true`

export interface KnowledgeOptions {
  readonly client: KubeClient
  readonly log: Log
  readonly random: () => number
  /** Policies or site controllers are others than before. */
  readonly onChange: () => void
}

/** What the webhook knows of its cluster, kept up to date by watches: reviews ask no API server. */
export class ClusterKnowledge {
  readonly #policies: PolicyList
  readonly #namespaces: Informer<KubeObject>
  readonly #sites: Informer<KubeObject>
  readonly #accounts: Informer<KubeObject>
  readonly #authentications: Informer<KubeObject>
  readonly #exposed: readonly Informer<KubeObject>[]
  readonly #exposures: ExposedObjects
  #view: ClusterView | undefined

  constructor({ client, log, random, onChange }: KnowledgeOptions) {
    const all = { log, random, all: true }
    const viewChanged = () => {
      this.#view = undefined
      this.#exposures.rulesChanged()
    }
    const objectsChanged = () => {
      this.#exposures.objectsChanged()
    }
    const changed = () => {
      viewChanged()
      onChange()
    }
    const list = (type: ResourceType) => new Informer<KubeObject>(client, type, { ...all, onChange: viewChanged })
    const exposed = (type: ResourceType) =>
      new Informer<KubeObject>(client, type, { ...all, labelSelector: EXPOSED, onChange: objectsChanged })
    this.#policies = new PolicyList(client, { ...all, onChange: changed })
    this.#namespaces = list(NAMESPACE)
    this.#sites = list(MODEL_TYPES.Site)
    this.#accounts = new Informer<KubeObject>(client, SERVICE_ACCOUNT, { ...all, onChange: changed })
    this.#authentications = list(PEER_AUTHENTICATION)
    this.#exposed = [SERVICE, DEPLOYMENT, STATEFUL_SET, DAEMON_SET].map(exposed)
    this.#exposures = new ExposedObjects({
      objects: () => this.#exposed.flatMap((informer) => informer.items()),
      decide: (object) => exposureOf(object, this.view.namespace(object.namespace), this.view.policies),
    })
  }

  start(): void {
    for (const each of this.#all()) each.start()
  }

  /** Waits until what decisions depend on is known. Throws `kube/…`. */
  async ready(deadlineMs: number): Promise<void> {
    await Promise.all([
      this.#policies.settled(deadlineMs),
      this.#namespaces.settled(deadlineMs),
      this.#sites.settled(deadlineMs),
      this.#accounts.settled(deadlineMs),
    ])
  }

  close(): void {
    for (const each of this.#all()) each.close()
  }

  /** As things stand; the same object until something changes. */
  get view(): ClusterView {
    this.#view ??= this.#newView()
    return this.#view
  }

  /** The service accounts of the site controllers that there are, sorted. */
  get controllerAccounts(): { name: string; namespace: string }[] {
    return this.#accounts
      .items()
      .filter(({ metadata }) => metadata.name === SITE_CONTROLLER)
      .map(({ metadata }) => ({ name: metadata.name, namespace: metadata.namespace ?? '' }))
      .sort((a, b) => (a.namespace < b.namespace ? -1 : 1))
  }

  #newView(): ClusterView {
    const labels = new Map(this.#namespaces.items().map(({ metadata }) => [metadata.name, metadata.labels ?? {}]))
    const sites = new Set(this.#sites.items().map(({ metadata }) => metadata.namespace ?? ''))
    const controllers = new Set(this.controllerAccounts.map(({ namespace }) => namespace))
    const isMesh = this.#authentications.state === 'known'
    return {
      policies: this.#policies.policies,
      namespace: (name) => ({ name, labels: labels.get(name) ?? {} }),
      hasSite: (namespace) => sites.has(namespace) && controllers.has(namespace),
      hasController: (namespace) => controllers.has(namespace),
      exposedAt: (namespace, address) => this.#exposures.at(namespace, address),
      peerAuthentications: isMesh ? this.#authentications.items().flatMap(soundAuthentication) : undefined,
    }
  }

  #all() {
    return [this.#policies, this.#namespaces, this.#sites, this.#accounts, this.#authentications, ...this.#exposed]
  }
}

function soundAuthentication(item: KubeObject) {
  const result = peerAuthenticationSchema.safeParse(item)
  return result.success ? [result.data] : []
}
