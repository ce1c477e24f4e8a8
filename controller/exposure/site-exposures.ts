import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject, ResourceType } from '../../core/kube/kube-object.ts'
import { Informer } from '../../core/kube/informer.ts'
import { PolicyList } from '../../core/kube/policy-list.ts'
import {
  DAEMON_SET,
  DEPLOYMENT,
  MODEL_TYPES,
  NAMESPACE,
  SERVICE,
  STATEFUL_SET,
} from '../../core/kube/resource-types.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { SitePolicies } from '../../core/model/policy/resource-refusal.ts'
import { readExposable, type ExposableObject } from '../../core/model/exposure/exposable-object.ts'
import { checkResource, isKind, type Kind, type ResourceOf } from '../../core/model/resource.ts'
import type { StoreProblem } from '../../core/model/site-store.ts'
import type { Log } from '../log.ts'
import { ReconcileLoop } from '../reconcile-loop.ts'
import { exposedResources } from './exposed-resources.ts'
import { planExposure } from './exposure-plan.ts'
import { namespaceExposures } from './namespace-objects.ts'

const READY_MS = 30_000
/** For what a watch missed. */
const RECONCILE_EVERY_MS = 30_000
/** Changes within this time are taken up together. */
const GATHER_MS = 50

export interface SiteExposuresOptions {
  /** Of the site's namespace, with the controller's own rights. */
  readonly client: KubeClient
  readonly log: Log
  readonly random: () => number
  /** Whether the namespace's Site belongs to this controller. */
  readonly isOurs: () => Promise<boolean>
  /** Problems or policies are others than before. */
  readonly onChange: () => void
}

/**
 * Keeps a Listener and a Connector for each port of the namespace's exposed Services and workloads, as annotations and
 * policies say: with a webhook in the cluster or without.
 * While there is no Site of ours it does nothing.
 */
export class SiteExposures {
  readonly #options: SiteExposuresOptions
  readonly #policies: PolicyList
  readonly #namespace: Informer<KubeObject>
  readonly #sites: Informer<KubeObject>
  readonly #objects: readonly Informer<KubeObject>[]
  readonly #resources: readonly Informer<KubeObject>[]
  readonly #loop: ReconcileLoop
  #problems: readonly StoreProblem[] = []

  constructor(options: SiteExposuresOptions) {
    const { client, log, random } = options
    this.#options = options
    this.#loop = new ReconcileLoop({
      reconcile: () => this.#pass(),
      onError: (error) => {
        log.warn({ err: error }, 'exposed objects are not up to date, trying again')
      },
      everyMs: RECONCILE_EVERY_MS,
      gatherMs: GATHER_MS,
    })
    const changed = { log, random, onChange: this.#changed.bind(this) }
    const touched = { log, random, namespace: client.namespace, onChange: this.#loop.trigger.bind(this.#loop) }
    const list = (type: ResourceType) => new Informer<KubeObject>(client, type, touched)
    this.#policies = new PolicyList(client, changed)
    const fieldSelector = `metadata.name=${client.namespace}`
    this.#namespace = new Informer<KubeObject>(client, NAMESPACE, { ...changed, fieldSelector })
    this.#sites = list(MODEL_TYPES.Site)
    this.#objects = [SERVICE, DEPLOYMENT, STATEFUL_SET, DAEMON_SET].map((type) => list(type))
    this.#resources = [list(MODEL_TYPES.Listener), list(MODEL_TYPES.Connector)]
  }

  /** Resolves when all has been seen once, or is known not to be there. Throws `kube/…`. */
  async start(): Promise<void> {
    for (const each of this.#all) each.start()
    await Promise.all(this.#all.map((each) => each.settled(READY_MS)))
    this.#loop.start()
  }

  async close(): Promise<void> {
    for (const each of this.#all) each.close()
    await this.#loop.close()
  }

  /** What is wrong with annotated objects and with reading policies, for a condition of the Site. */
  get problems(): readonly StoreProblem[] {
    const policies = this.#policies.problems.map((message) => ({ file: 'policies', message }))
    return [...policies, ...this.#problems]
  }

  /** The policies of Skupper v1 as they stand for this namespace. */
  get policies(): SitePolicies {
    const { namespace: name } = this.#options.client
    const labels = this.#namespace.items()[0]?.metadata.labels ?? {}
    return { rules: this.#policies.policies.cluster, namespace: { name, labels } }
  }

  async #pass(): Promise<void> {
    if (this.#sites.items().length === 0 || !(await this.#options.isOurs())) return
    const objects = this.#objects.flatMap((informer) => informer.items().flatMap(soundObject))
    const { exposed, problems } = namespaceExposures(objects, this.policies.namespace, this.#policies.policies)
    const desired = exposedResources(exposed)
    const current = { listeners: this.#resourcesOf('Listener'), connectors: this.#resourcesOf('Connector') }
    this.#tell([...problems, ...desired.problems].map(({ subject, message }) => ({ file: subject, message })))
    const { client, log } = this.#options
    const { write, remove } = planExposure(current, desired)
    for (const { kind, metadata } of remove) await client.delete(MODEL_TYPES[kind], metadata.name)
    for (const resource of write) {
      const { apiVersion, kind, metadata, spec } = resource
      await client.apply({ apiVersion, kind, metadata: { ...metadata, namespace: client.namespace }, spec })
    }
    if (write.length + remove.length > 0) log.info({ written: write.length, removed: remove.length }, 'exposed objects')
  }

  #resourcesOf<K extends Kind>(kind: K): ResourceOf<K>[] {
    return this.#resources
      .flatMap((informer) => informer.items())
      .flatMap((item) => {
        const checked = checkResource(item)
        return 'resource' in checked && isKind(checked.resource, kind) ? [checked.resource] : []
      })
  }

  #tell(problems: readonly StoreProblem[]): void {
    const isSame = JSON.stringify(problems) === JSON.stringify(this.#problems)
    this.#problems = problems
    if (!isSame) this.#options.onChange()
  }

  #changed(): void {
    this.#loop.trigger()
    this.#options.onChange()
  }

  get #all() {
    return [this.#policies, this.#namespace, this.#sites, ...this.#objects, ...this.#resources]
  }
}

function soundObject(item: KubeObject): ExposableObject[] {
  try {
    const object = readExposable(item, item.metadata.namespace ?? '')
    return object === undefined ? [] : [object]
  } catch (error) {
    if (error instanceof SkupperError) return []
    throw error
  }
}
