import type { Pod } from '../../core/kube/library-objects.ts'
import type { ClientOptions } from '../../router/amqp/client.ts'
import type { EngineCapabilities } from '../../router/config/engine-capabilities.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import type { Log } from '../log.ts'
import { LiveRouter } from '../router/live-router.ts'
import type { RouterSession } from '../router/router-connection.ts'
import type { RouterState } from '../router/router-state.ts'
import type { PremisesEvents } from '../site/premises.ts'
import { withInlineCredentials, type PemByPath } from './inline-credentials.ts'
import { mergedState } from './merged-state.ts'
import { podsTrouble } from './pods-trouble.ts'
import { GROUP_LABEL } from './site-labels.ts'

export interface PodRoutersOptions {
  readonly capabilities: EngineCapabilities
  /** How to connect to a router at an address. */
  readonly target: (address: string) => Promise<ClientOptions>
  readonly events: Omit<PremisesEvents, 'config'>
  readonly random: () => number
  readonly log: Log
}

/** What the routers of each group are brought to. */
export interface GroupWish {
  readonly entities: ReadonlyMap<string, readonly EntityConfig[]>
  readonly pems: PemByPath
}

interface PodRouter {
  readonly pod: Pod
  readonly live: LiveRouter
  session: RouterSession | undefined
}

/** The routers of a site, one in each pod. Messages go over one of them at a time. */
export class PodRouters {
  readonly #options: PodRoutersOptions
  readonly #routers = new Map<string, PodRouter>()
  #pods: readonly Pod[] = []
  #wish: GroupWish = { entities: new Map(), pems: new Map() }
  #leading: PodRouter | undefined

  constructor(options: PodRoutersOptions) {
    this.#options = options
  }

  get state(): RouterState {
    return mergedState(
      this.#all.map(({ live }) => live.state),
      { wanted: this.#wish.entities.size, trouble: podsTrouble(this.#pods) ?? 'The router is starting' },
    )
  }

  get refusals(): ReadonlyMap<string, string> {
    return new Map(this.#all.flatMap(({ live }) => [...live.refusals]))
  }

  get isSettling(): boolean {
    return this.#all.some(({ live }) => live.isSettling)
  }

  /** Connects to routers whose pods have come, and leaves those whose pods go. */
  follow(pods: readonly Pod[]): void {
    this.#pods = pods
    const here = new Map(pods.filter(isReachable).map((pod) => [keyOf(pod), pod]))
    for (const [key, router] of this.#routers) {
      if (here.has(key)) continue
      this.#routers.delete(key)
      void router.live.close()
    }
    for (const [key, pod] of here) if (!this.#routers.has(key)) this.#routers.set(key, this.#router(pod))
  }

  /** Brings all routers that answer to the configuration of their group. */
  async configure(wish: GroupWish): Promise<void> {
    this.#wish = wish
    await Promise.all(
      this.#all.map(async ({ pod, live }) => {
        const entities = wish.entities.get(groupOf(pod))
        if (entities !== undefined) await live.configure(entities)
      }),
    )
  }

  async poll(): Promise<void> {
    await Promise.all(this.#all.map(({ live }) => live.poll()))
  }

  /** Leaves all routers; they run on. May be called twice. */
  async close(): Promise<void> {
    const all = this.#all
    this.#routers.clear()
    await Promise.all(all.map(({ live }) => live.close()))
  }

  get #all(): PodRouter[] {
    return [...this.#routers.values()]
  }

  #router(pod: Pod): PodRouter {
    const { capabilities, target, events, random, log } = this.#options
    const router: PodRouter = {
      pod,
      session: undefined,
      live: new LiveRouter({
        ...{ capabilities, random, onNewcomer: events.onNewcomer, onChange: events.onChange },
        log: podLog(log, pod.metadata.name),
        target: () => target(pod.status?.podIP ?? ''),
        complete: (plan, all) => {
          if (!capabilities.inlineTls) return plan
          const entities = this.#wish.entities.get(groupOf(pod)) ?? []
          return withInlineCredentials(plan, entities, { pems: this.#wish.pems, all })
        },
        onSession: async (session) => {
          router.session = session
          if (this.#leading === undefined) await this.#lead(router, session)
        },
        onSessionEnd: () => {
          router.session = undefined
          if (this.#leading === router) this.#passOn()
        },
      }),
    }
    router.live.start()
    return router
  }

  async #lead(router: PodRouter, session: RouterSession): Promise<void> {
    this.#leading = router
    await this.#options.events.onSession(session)
  }

  /** The router that messages went over is gone: another one takes its place, if there is one. */
  #passOn(): void {
    this.#leading = undefined
    this.#options.events.onSessionEnd()
    const next = this.#all.find(({ session }) => session !== undefined)
    if (next?.session === undefined) return
    this.#lead(next, next.session).catch((error: unknown) => {
      this.#options.log.debug({ err: error }, 'messages wait for another router')
      void next.session?.messages.close()
    })
  }
}

/** The log with the pod's name in every line. */
function podLog(log: Log, pod: string): Log {
  return {
    debug: (facts, message) => {
      log.debug({ pod, ...facts }, message)
    },
    info: (facts, message) => {
      log.info({ pod, ...facts }, message)
    },
    warn: (facts, message) => {
      log.warn({ pod, ...facts }, message)
    },
    error: (facts, message) => {
      log.error({ pod, ...facts }, message)
    },
  }
}

function isReachable({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status?.podIP !== undefined && status.phase === 'Running'
}

/** A pod whose address changes counts as another one. */
function keyOf({ metadata, status }: Pod): string {
  return `${metadata.uid ?? metadata.name} ${status?.podIP ?? ''}`
}

function groupOf({ metadata }: Pod): string {
  return metadata.labels?.[GROUP_LABEL] ?? ''
}
