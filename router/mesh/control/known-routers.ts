import { KnownRouter } from './known-router.ts'
import type { Peers } from './graph.ts'

/** More routers than this are not taken up: a network of our size has a few hundred. */
export const MAX_ROUTERS = 1_024

/** What the passing of time took away. */
export interface Expired {
  /** Some link state went: routes have to be computed again. */
  readonly linkStates: boolean
  /** Routers without a route for longer than the hold-off: their addresses are to be flushed. */
  readonly flushed: readonly KnownRouter[]
}

/** All other routers of the network, this router's link-state database. */
export class KnownRouters {
  readonly #routers = new Map<string, KnownRouter>()
  readonly #self: string

  constructor(self: string) {
    this.#self = self
  }

  get(routerId: string): KnownRouter | undefined {
    return this.#routers.get(routerId)
  }

  /** The router of this id, made known if it was not; undefined for this router itself, and if there are too many. */
  learn(routerId: string, now: number): KnownRouter | undefined {
    const known = this.#routers.get(routerId)
    if (known !== undefined || routerId === this.#self || this.#routers.size >= MAX_ROUTERS) return known
    const learnt = new KnownRouter(routerId, now)
    this.#routers.set(routerId, learnt)
    return learnt
  }

  all(): IterableIterator<KnownRouter> {
    return this.#routers.values()
  }

  /** Whether there is one that can be reached, and nothing is wanted of any such. */
  areInformed(): boolean {
    const reachable = [...this.all()].filter(({ lostAt }) => lostAt === undefined)
    return reachable.length > 0 && !reachable.some((router) => router.wantsLinkState() || router.wantsAddresses())
  }

  linkStates(own: Peers): Map<string, Peers> {
    const states = new Map([[this.#self, own]])
    for (const { id, peers } of this.#routers.values()) if (peers !== undefined) states.set(id, peers)
    return states
  }

  /** Drops link states not heard of for `maxAgeMs`, and whole routers that cannot be reached either. */
  expire(now: number, { maxAgeMs, holdMs }: { maxAgeMs: number; holdMs: number }): Expired {
    let linkStates = false
    const flushed: KnownRouter[] = []
    for (const router of this.#routers.values()) {
      const silent = now - router.heardAt > maxAgeMs
      if (silent && router.peers !== undefined) {
        router.dropLinkState()
        linkStates = true
      }
      if (router.lostAt !== undefined && now - router.lostAt >= holdMs) flushed.push(router)
      if (router.lostAt !== undefined && silent) this.#routers.delete(router.id)
    }
    return { linkStates, flushed }
  }
}
