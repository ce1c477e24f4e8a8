import type { RouterView } from './control-link.ts'
import type { LinkStateUpdate } from './control-message.ts'
import type { Peers } from './graph.ts'
import type { KnownRouter } from './known-router.ts'
import type { KnownRouters } from './known-routers.ts'
import { RouteTable } from './route-table.ts'

/** What new routes mean for single routers. */
export interface RouteChange {
  readonly lost: readonly KnownRouter[]
  readonly gained: readonly KnownRouter[]
}

/** This router's own link state, and the routes that follow from all link states. */
export class Topology {
  readonly #self: string
  readonly #instance: number
  readonly #routers: KnownRouters
  #ownPeers: Peers = new Map()
  #linkSeq: number
  #routes: RouteTable
  #changedAt: number
  #stale = false

  constructor(self: { routerId: string; instance: number; firstSeq: number; now: number }, routers: KnownRouters) {
    this.#self = self.routerId
    this.#instance = self.instance
    this.#linkSeq = self.firstSeq
    this.#changedAt = self.now
    this.#routers = routers
    this.#routes = new RouteTable(self.routerId, new Map())
  }

  get routes(): RouteTable {
    return this.#routes
  }

  /** Whether a link state has changed since the routes were computed. */
  get isStale(): boolean {
    return this.#stale
  }

  get linkSeq(): number {
    return this.#linkSeq
  }

  get ownPeers(): Peers {
    return this.#ownPeers
  }

  invalidate(): void {
    this.#stale = true
  }

  /** Sets this router's neighbours. False if they are as before; else the link state has a new number. */
  setOwnPeers(peers: Peers): boolean {
    if (equal(peers, this.#ownPeers)) return false
    this.#ownPeers = peers
    this.#linkSeq += 1
    this.#stale = true
    return true
  }

  /** Takes another router's link state if it is newer than the one held. */
  take(router: KnownRouter, { linkSeq, peers }: LinkStateUpdate, now: number): void {
    if (router.peers !== undefined && linkSeq <= router.linkSeq) return
    router.linkSeq = linkSeq
    if (router.peers !== undefined && equal(peers, router.peers)) return
    router.peers = peers
    router.changedAt = now
    for (const id of peers.keys()) this.#routers.learn(id, now)
    this.#stale = true
  }

  /** Computes the routes anew. */
  reroute(now: number): RouteChange {
    this.#stale = false
    this.#changedAt = now
    this.#routes = new RouteTable(this.#self, this.#routers.linkStates(this.#ownPeers))
    const lost: KnownRouter[] = []
    const gained: KnownRouter[] = []
    for (const id of this.#ownPeers.keys()) this.#routers.learn(id, now)
    for (const router of this.#routers.all()) {
      const reachable = this.#routes.route(router.id) !== undefined
      if (reachable === (router.lostAt === undefined)) continue
      ;(reachable ? gained : lost).push(router)
      router.lostAt = reachable ? undefined : now
      router.changedAt = now
    }
    return { lost, gained }
  }

  /** All known routers, this one first. */
  views(): RouterView[] {
    const self = {
      routerId: this.#self,
      self: true,
      cost: 0,
      nextHop: undefined,
      linkState: [...this.#ownPeers.keys()],
      instance: this.#instance,
      lastTopologyChange: this.#changedAt,
    }
    return [self, ...[...this.#routers.all()].map((router) => this.#view(router))]
  }

  #view({ id, peers, instance, changedAt }: KnownRouter): RouterView {
    const route = this.#routes.route(id)
    return {
      routerId: id,
      self: false,
      cost: route?.cost,
      nextHop: route?.nextHop === id ? undefined : route?.nextHop,
      linkState: [...(peers?.keys() ?? [])],
      instance,
      lastTopologyChange: changedAt,
    }
  }
}

function equal(some: Peers, others: Peers): boolean {
  if (some.size !== others.size) return false
  for (const [id, cost] of some) if (others.get(id) !== cost) return false
  return true
}
