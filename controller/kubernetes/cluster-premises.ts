import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import type { Pod } from '../../core/kube/library-objects.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { AnyListener } from '../../core/model/multi-key-listener.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { SiteStore } from '../../core/model/site-store.ts'
import type { ClientOptions } from '../../router/amqp/client.ts'
import { formatBootFile } from '../../router/config/boot-file.ts'
import { BUILT_IN } from '../../router/config/engine-capabilities.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { LOCAL_CLIENT } from '../credentials/site-credentials.ts'
import type { Log } from '../log.ts'
import type { RouterState } from '../router/router-state.ts'
import type { CredentialPlace, Premises, PremisesEvents, PremisesView, RouterWish } from '../site/premises.ts'
import type { SiteIdentity } from '../site/site-identity.ts'
import { anyListeners, type SiteResources } from '../site/site-resources.ts'
import { addressObjects } from './address-services.ts'
import { bootHash } from './boot-hash.ts'
import { giveBackServices } from './claimed-services.ts'
import { ClusterCredentials, isIdentityKey } from './cluster-credentials.ts'
import {
  allocatePorts,
  formatListenerPorts,
  MANAGEMENT_PORT,
  readListenerPorts,
  type ListenerPorts,
} from './cluster-ports.ts'
import { clusterView } from './cluster-view.ts'
import type { ClusterWatch } from './cluster-watch.ts'
import { groupEntities } from './group-entities.ts'
import { pemByPath } from './inline-credentials.ts'
import { ObjectKeeper, type Failures } from './object-keeper.ts'
import { PodRouters } from './pod-routers.ts'
import { oneAtATime } from './rollout.ts'
import { ROUTER_CONFIG, routerDeployments } from './router-deployment.ts'
import { ROUTER_LABELS, type Owner } from './site-labels.ts'
import { LOCAL_SERVICE, PORTS_KEY, routerFiles, routerSurroundings } from './site-objects.ts'
import { wayInObjects } from './way-in-objects.ts'
import { waysIn } from './ways-in.ts'

const CONNECT_DEADLINE_MS = 5_000
const NO_IMAGE = 'The setting router-engine "skupper-router" needs router-image, the image of that router'

export interface ClusterOptions {
  readonly client: KubeClient
  readonly store: SiteStore
  readonly watch: ClusterWatch
  readonly namespace: string
  /** The image of routers where the Site names none. */
  readonly image: string
  readonly random: () => number
  readonly log: Log
  /** Only shows what would be done: all at once, and no router is spoken to. */
  readonly isRehearsal?: boolean | undefined
}

/** A site in a namespace of a cluster: routers in pods, ways in by Services, everything it keeps in objects. */
export class ClusterPremises implements Premises {
  readonly credentials: CredentialPlace
  readonly passesTokens = true
  readonly #options: ClusterOptions
  readonly #identity: SiteIdentity
  readonly #keeper: ObjectKeeper
  readonly #routers: PodRouters
  readonly #kept: ClusterCredentials
  #ports: ListenerPorts = new Map()
  #addressNotes: PremisesView['status']['notes'] = []
  #failures: Failures = new Map()

  constructor(options: ClusterOptions, identity: SiteIdentity, events: PremisesEvents) {
    const { client, watch, log, random } = options
    this.#options = options
    this.#identity = identity
    this.#kept = new ClusterCredentials(options)
    this.credentials = this.#kept
    this.#keeper = new ObjectKeeper({
      ...{ client, types: watch.types, log },
      seen: () => watch.objects,
      wrote: (object) => {
        watch.wrote(object)
      },
      deleted: (object) => {
        watch.deleted(object)
      },
      pace: (apply) => (options.isRehearsal === true ? apply : oneAtATime(apply, watch.deployments)),
    })
    this.#routers = new PodRouters({
      ...{ events, random, log, capabilities: identity.engine },
      target: (address) => this.#target(address),
    })
  }

  get router(): RouterState {
    return this.#routers.state
  }

  get refusals(): ReadonlyMap<string, string> {
    return this.#routers.refusals
  }

  get isSettling(): boolean {
    return this.#routers.isSettling
  }

  async start(): Promise<void> {
    const config = this.#options.watch.objects.find(({ kind, metadata }) => {
      return kind === 'ConfigMap' && metadata.name === ROUTER_CONFIG
    })
    const data = config?.['data']
    this.#ports = readListenerPorts(textIn(data, PORTS_KEY))
    this.#kept.restore(data)
    return Promise.resolve()
  }

  async settle(resources: SiteResources): Promise<void> {
    const owner = this.#owner(resources)
    this.#kept.belongTo(owner)
    await this.#giveBackServices()
    const ways = wayInObjects(waysIn(resources.site, resources.accesses), owner)
    this.#failures = await this.#keeper.keep(ways, { mayRemove: false })
  }

  async configure(wish: RouterWish): Promise<void> {
    const { resources, contents } = wish
    const passTokens = resources.accesses.length > 0 && resources.site.spec.edge !== true
    const entities = groupEntities(resources.site, wish.entities, { passTokens })
    if (this.#options.isRehearsal !== true) this.#routers.follow(this.#routerPods)
    const [kept] = await Promise.all([
      this.#keepObjects(wish, entities),
      this.#routers.configure({ entities, pems: pemByPath(contents) }),
    ])
    this.#failures = new Map([...this.#failures, ...kept])
    if (this.#failures.size > 0) {
      throw new SkupperError('site/objects', [...this.#failures.values()].join('; '), {})
    }
  }

  poll(): Promise<void> {
    return this.#routers.poll()
  }

  /** The port is the pod's own: nobody else can have it. */
  rechooseTokenPort(): Promise<void> {
    return Promise.resolve()
  }

  maintain(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return this.#routers.close()
  }

  view(resources: SiteResources): PremisesView {
    const { watch } = this.#options
    return clusterView(resources, {
      owner: this.#owner(resources),
      identity: this.#identity,
      pods: watch.pods,
      services: watch.services,
      slices: watch.slices,
      objects: watch.objects,
      notes: this.#addressNotes,
      failures: this.#failures,
      portsOf: (listeners) => this.#allocate(resources, listeners),
    })
  }

  get #routerPods(): Pod[] {
    return this.#options.watch.pods.filter(({ metadata }) => {
      return Object.entries(ROUTER_LABELS).every(([label, value]) => metadata.labels?.[label] === value)
    })
  }

  /** Credentials before the boot files that name them, both before the routers that read them; leftovers last. */
  async #keepObjects(wish: RouterWish, entities: ReadonlyMap<string, readonly EntityConfig[]>): Promise<Failures> {
    const { resources, contents } = wish
    const owner = this.#owner(resources)
    const files = routerFiles({
      ...owner,
      contents,
      bootFiles: new Map([...entities].map(([group, each]) => [group, formatBootFile(each)])),
      ports: formatListenerPorts(this.#ports),
      ordinals: this.#kept.ordinalsText,
    })
    const addresses = this.#addresses(wish)
    const base = [
      ...wayInObjects(waysIn(resources.site, resources.accesses), owner),
      ...routerSurroundings(owner),
      ...addresses,
      ...files,
      ...this.#options.watch.objects.filter(isIdentityKey),
    ]
    const failures = await this.#keeper.keep(base, { mayRemove: false })
    const image = settingOf(resources.site, 'router-image') || this.#ownImage
    if (image === undefined) return new Map([...failures, ['router-image', NO_IMAGE]])
    const deployments = routerDeployments({
      ...owner,
      engine: this.#identity.engine.engine,
      image,
      booted: bootHash(wish, this.#identity.engine),
    })
    return new Map([...failures, ...(await this.#keeper.keep([...base, ...deployments], { mayRemove: true }))])
  }

  /** Only our own router is in the image of the controller. */
  get #ownImage(): string | undefined {
    return this.#identity.engine === BUILT_IN ? this.#options.image : undefined
  }

  #addresses({ resources, synced, servedElsewhere }: RouterWish): readonly KubeObject[] {
    const { watch } = this.#options
    const { objects, notes } = addressObjects({
      ...this.#owner(resources),
      listeners: anyListeners(resources, synced),
      ports: this.#ports,
      services: watch.services,
      routerPods: this.#routerPods,
      servedElsewhere,
    })
    this.#addressNotes = notes
    return objects
  }

  #giveBackServices(): Promise<void> {
    const { client, watch, log } = this.#options
    const wrote = watch.wrote.bind(watch)
    return giveBackServices(watch.services, { client, wrote, log })
  }

  #allocate({ accesses }: SiteResources, listeners: readonly AnyListener[]): ListenerPorts {
    const rolePorts = accesses.flatMap(({ spec }) => spec.roles.flatMap(({ port }) => port ?? []))
    this.#ports = allocatePorts(this.#ports, listeners, new Set(rolePorts))
    return this.#ports
  }

  async #target(address: string): Promise<ClientOptions> {
    const client = await this.#options.store.credentials(LOCAL_CLIENT)
    return {
      host: address,
      port: MANAGEMENT_PORT,
      tls: client && { ca: client.ca, cert: client.certificate, key: client.key, servername: LOCAL_SERVICE },
      containerId: `skupper-controller-${this.#identity.id}`,
      deadlineMs: CONNECT_DEADLINE_MS,
    }
  }

  #owner({ site }: SiteResources): Owner {
    return { site, namespace: this.#options.namespace }
  }
}

function textIn(data: unknown, key: string): string | undefined {
  const value: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, key) : undefined
  return typeof value === 'string' ? value : undefined
}
