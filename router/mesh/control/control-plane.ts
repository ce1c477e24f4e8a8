import { addressKey, INTERIOR } from '../address.ts'
import { AdvertisementSchedule } from './advertisement-schedule.ts'
import { Complaints } from '../connection/complaints.ts'
import { DEFAULT_TIMERS } from './control-link.ts'
import type { ControlEvents, ControlLink, ControlLog, ControlTimers, Holder, RouterView } from './control-link.ts'
import { decodeControl, encodeControl, isSynchronised } from './control-message.ts'
import type { AddressUpdate, ControlMessage, Hello, LinkStateUpdate, RouterAdvertisement } from './control-message.ts'
import { ControlRelay } from './control-relay.ts'
import type { KnownRouter, Verdict } from './known-router.ts'
import { KnownRouters } from './known-routers.ts'
import { parseHead } from '../message-head.ts'
import { Neighbours } from './neighbours.ts'
import { OwnAddresses } from './own-addresses.ts'
import { RemoteAddresses } from './remote-addresses.ts'
import { Topology } from './topology.ts'

export interface ControlPlaneOptions {
  readonly routerId: string
  /** Boot time in seconds. It must be larger than at every earlier start of this router id. */
  readonly instance: number
  /** Where the sequence numbers start: with the milliseconds within `instance`, two starts in one second differ. */
  readonly firstSeq?: number
  /** The clock in ms. */
  readonly now: () => number
  /** A random number from 0 up to 1. */
  readonly random: () => number
  readonly timers?: Partial<ControlTimers>
  readonly events: ControlEvents
  readonly log?: ControlLog
}

/** A path across a router that is about to leave is the last choice. */
const LEAVING_COST = 1_000_000
const UNDERSTOOD = new Set(['Lqdhello', 'Lqdrouter', 'Lqdrouter.ma', 'Tqdrouter', 'Tqdrouter.ma'])

/**
 * The routing brain of one interior router (protocol sheet, section 2): finds its neighbours, learns the network from
 * link states, computes routes, tells and learns which router has consumers of which address, and passes the control
 * messages of others on. It owns no socket and no timer: links are handed in, `tick` is called, messages are handed in.
 */
export class ControlPlane {
  readonly routerId: string
  readonly space = INTERIOR
  readonly #instance: number
  readonly #now: () => number
  readonly #timers: ControlTimers
  readonly #events: ControlEvents
  readonly #log: ControlLog | undefined
  readonly #neighbours: Neighbours
  readonly #routers: KnownRouters
  readonly #topology: Topology
  readonly #relay: ControlRelay
  readonly #own: OwnAddresses
  readonly #remote = new RemoteAddresses()
  readonly #schedule: AdvertisementSchedule
  readonly #complaints: Complaints
  #tickedAt: number
  #mustAnnounce = false
  #leaving = false

  constructor(options: ControlPlaneOptions) {
    const { routerId, instance, firstSeq = 0 } = options
    this.routerId = routerId
    this.#instance = instance
    this.#now = options.now
    this.#timers = { ...DEFAULT_TIMERS, ...options.timers }
    this.#events = options.events
    this.#log = options.log
    this.#complaints = new Complaints(options.log, (id) => {
      options.events.onDuplicateId(id)
    })
    this.#tickedAt = options.now()
    this.#neighbours = new Neighbours(routerId, this.#timers.helloMaxAgeMs)
    this.#routers = new KnownRouters(routerId)
    this.#topology = new Topology({ routerId, instance, firstSeq, now: this.#tickedAt }, this.#routers)
    this.#relay = new ControlRelay(routerId)
    this.#own = new OwnAddresses(firstSeq)
    this.#schedule = new AdvertisementSchedule(this.#timers, options.random)
  }

  /** Hops to the farthest router. A data message whose trace is longer than `radius + 1` is in a loop. */
  get radius(): number {
    return this.#topology.routes.radius
  }

  /** A control connection is ready: both of its control links are attached. */
  linkUp(link: ControlLink): void {
    this.#neighbours.add(link)
    this.#sendHello(link)
  }

  /** The connection is gone, and at once the neighbour with it, unless another link leads there. */
  linkDown(link: ControlLink): void {
    this.#neighbours.delete(link)
    this.#refreshNeighbours(this.#now())
    this.#settle()
  }

  /** Takes a complete message from a control link. Never throws: what it cannot read costs one log line for each link. */
  receive(link: ControlLink, message: Buffer): void {
    if (!this.#neighbours.has(link)) return
    try {
      this.#take(link, message)
    } catch (error) {
      this.#complaints.garbled(link, error)
    }
    this.#settle()
  }

  /** Call once per `timers.helloMs`. */
  tick(): void {
    const now = this.#now()
    this.#forgiveStandstill(now)
    this.#refreshNeighbours(now)
    for (const link of this.#neighbours.links()) this.#sendHello(link)
    this.#expire(now)
    this.#schedule.tick()
    if (this.#schedule.isDue(now)) this.#mustAnnounce = true
    this.#settle()
    for (const router of this.#routers.all()) this.#ask(router, now)
  }

  /**
   * Tells the network that this router has consumers of `key`, which must be of class M, N or H. `treatment` is one of
   * treatments.ts; `inLinks` counts local producers. Called again it changes them.
   */
  advertise(key: string, treatment: number, inLinks = 0): void {
    if (!isSynchronised(key) || !this.#own.set({ key, treatment, inLinks })) return
    this.#mustAnnounce = true
    this.#settle()
  }

  withdraw(key: string): void {
    if (!this.#own.delete(key)) return
    this.#mustAnnounce = true
    this.#settle()
  }

  /** Tells the network to send new streams another way where there is one: this router is about to end. */
  leave(): void {
    this.#leaving = true
    this.#linksChanged()
    this.#settle()
  }

  /** The control link to the neighbour that leads to this router. */
  nextHop(routerId: string): ControlLink | undefined {
    const route = this.#topology.routes.route(routerId)
    return route === undefined ? undefined : this.#neighbours.best(route.nextHop)
  }

  cost(routerId: string): number | undefined {
    return routerId === this.routerId ? 0 : this.#topology.routes.route(routerId)?.cost
  }

  /** The remote routers with a route that hold `key`. The array is good until the next onAddress or onTopology. */
  holders(key: string): readonly Holder[] {
    return this.#remote.holders(key, (id) => this.#topology.routes.route(id) !== undefined)
  }

  /** Whether messages that entered at `origin` come through here towards `destination`. Cheap: for every delivery. */
  carries(origin: string, destination: string): boolean {
    return this.#topology.routes.carries(origin, destination)
  }

  /** All other routers for which `carries` says yes: a listing for management, not for deliveries. */
  validOrigins(destination: string): ReadonlySet<string> {
    const ids = [...this.#routers.all()].map(({ id }) => id)
    return new Set(ids.filter((id) => id !== destination && this.carries(id, destination)))
  }

  /** Whether it knows of some router, and of all those it can reach their links and addresses as they told them last. */
  get isInformed(): boolean {
    return this.#routers.areInformed()
  }

  /** All known routers, this one first. */
  routers(): RouterView[] {
    return this.#topology.views()
  }

  #take(link: ControlLink, bytes: Buffer): void {
    const head = parseHead(bytes, 'whole')
    const key = addressKey(head.annotations?.toOverride ?? head.to ?? '', this.routerId)
    const passing = { bytes, head, from: link.peerId }
    if (key.startsWith('R')) {
      this.#relay.direct(passing, this.nextHop(key.slice(1)))
      return
    }
    if (key.startsWith('T') && !this.#relay.flood(passing, this.#neighbours.adjacent(), this.#now())) return
    if (!UNDERSTOOD.has(key)) return
    const message = decodeControl(bytes)
    if (message !== undefined) this.#takeMessage(link, message)
  }

  #takeMessage(link: ControlLink, message: ControlMessage): void {
    switch (message.opcode) {
      case 'HELLO':
        this.#takeHello(link, message)
        break
      case 'LSR':
        this.#answer(link, message.id, this.#ownLinkState())
        break
      case 'MAR':
        if (message.haveSeq < this.#own.mobileSeq) this.#answer(link, message.id, this.#ownAddresses())
        break
      case 'RA':
      case 'LSU':
        this.#takeNews(message)
        break
      case 'MAU':
        this.#takeAddresses(message)
        break
    }
  }

  #takeHello(link: ControlLink, hello: Hello): void {
    const now = this.#now()
    const heard = this.#neighbours.hear(link, hello, now)
    const namesake = hello.id === this.routerId && hello.instance !== this.#instance
    if (namesake || heard.verdict === 'duplicate') this.#complaints.duplicate(hello.id, now)
    if (heard.verdict !== 'heard') return
    const router = this.#routers.learn(hello.id, now)
    if (router !== undefined) this.#judged(router, router.meet(hello.instance))
    if (heard.answer) this.#sendHello(link)
    if (heard.changed) this.#linksChanged()
  }

  #takeNews(message: RouterAdvertisement | LinkStateUpdate): void {
    const now = this.#now()
    const router = this.#routers.learn(message.id, now)
    if (router === undefined) return
    const verdict = router.judge(message, now)
    this.#judged(router, verdict)
    if (verdict === 'stale') return
    if (message.opcode === 'RA') router.advertised(message)
    else this.#takeLinkState(router, message, now)
    this.#ask(router, now)
  }

  #takeLinkState(router: KnownRouter, message: LinkStateUpdate, now: number): void {
    this.#topology.take(router, message, now)
    if (message.peers.get(this.routerId) === LEAVING_COST) this.#events.onLeaving(router.id)
  }

  /** A restarted router may have lost everything it had: its addresses are not waited for. */
  #judged(router: KnownRouter, verdict: Verdict): void {
    if (router.takeDuplicate()) this.#complaints.duplicate(router.id, this.#now())
    if (verdict !== 'restarted') return
    this.#topology.invalidate()
    this.#log?.info({ router: router.id, instance: router.instance }, 'a router of the network has restarted')
    this.#tellAddresses(this.#remote.flush(router.id))
  }

  #takeAddresses(update: AddressUpdate): void {
    const now = this.#now()
    const router = this.#routers.learn(update.id, now)
    if (router === undefined) return
    const { mobileSeq, exist, add = [], del = [] } = update
    if (exist === undefined && mobileSeq > router.mobileSeq + 1) {
      router.missedAddresses(mobileSeq)
      this.#ask(router, now)
    }
    if (exist === undefined ? mobileSeq !== router.mobileSeq + 1 : mobileSeq < router.mobileSeq) return
    router.mobileSeq = mobileSeq
    router.heardAt = now
    const { id } = router
    this.#tellAddresses(exist === undefined ? this.#remote.change(id, { add, del }) : this.#remote.replace(id, exist))
  }

  #ask(router: KnownRouter, now: number): void {
    if (router.lostAt !== undefined) return
    const id = this.routerId
    if (router.wantsLinkState() && router.linkAsks.take(now)) this.#send(router.id, { opcode: 'LSR', id })
    if (!router.wantsAddresses() || !router.mobileAsks.take(now)) return
    this.#send(router.id, { opcode: 'MAR', id, haveSeq: router.mobileSeq })
  }

  #refreshNeighbours(now: number): void {
    if (this.#neighbours.refresh(now)) this.#linksChanged()
  }

  #linksChanged(): void {
    const known = this.#neighbours.costs()
    const costs = this.#leaving ? new Map([...known.keys()].map((id) => [id, LEAVING_COST])) : known
    if (!this.#topology.setOwnPeers(costs)) return
    this.#log?.info({ neighbours: Object.fromEntries(costs) }, 'the neighbours of this router have changed')
    this.#mustAnnounce = true
  }

  /** Brings routes and announcements up to date with whatever the call changed. */
  #settle(): void {
    if (this.#topology.isStale) this.#reroute()
    if (this.#mustAnnounce && this.#neighbours.adjacent().size > 0 && this.#schedule.takeChange()) this.#announce()
  }

  #reroute(): void {
    const now = this.#now()
    const { lost, gained } = this.#topology.reroute(now)
    this.#remote.routesChanged()
    this.#schedule.topologyChanged(now)
    for (const router of gained) this.#ask(router, now)
    this.#events.onTopology()
    for (const { id } of lost) this.#events.onRouterLost(id)
    for (const { id } of gained) this.#tellAddresses(this.#remote.keys(id))
  }

  /** The change of addresses goes first: so the number in the advertisement is no news to whoever got it. */
  #announce(): void {
    this.#mustAnnounce = false
    const changes = this.#own.takeChanges()
    const { routerId: id } = this
    if (changes !== undefined) this.#flood({ opcode: 'MAU', id, ...changes })
    const { linkSeq } = this.#topology
    this.#flood({ opcode: 'RA', id, instance: this.#instance, linkSeq, mobileSeq: this.#own.mobileSeq })
    this.#schedule.sent(this.#now())
  }

  #expire(now: number): void {
    const { linkStateMaxAgeMs: maxAgeMs, flushHoldMs: holdMs } = this.#timers
    const { linkStates, flushed } = this.#routers.expire(now, { maxAgeMs, holdMs })
    if (linkStates) this.#topology.invalidate()
    for (const router of flushed) {
      router.dropAddresses()
      this.#tellAddresses(this.#remote.flush(router.id))
    }
  }

  /** If this process stood still, the neighbours' HELLOs wait unread: their age says nothing. */
  #forgiveStandstill(now: number): void {
    const gap = now - this.#tickedAt
    this.#tickedAt = now
    if (gap > 2 * this.#timers.helloMs) this.#neighbours.forgive(gap - this.#timers.helloMs)
  }

  #ownLinkState(): LinkStateUpdate {
    const { linkSeq, ownPeers: peers } = this.#topology
    return { opcode: 'LSU', id: this.routerId, instance: this.#instance, linkSeq, peers }
  }

  #ownAddresses(): AddressUpdate {
    return { opcode: 'MAU', id: this.routerId, mobileSeq: this.#own.mobileSeq, exist: this.#own.announced() }
  }

  #sendHello(link: ControlLink): void {
    const seen = this.#neighbours.seen(link, this.#now())
    link.send(encodeControl({ opcode: 'HELLO', id: this.routerId, instance: this.#instance, seen }))
  }

  #send(target: string, message: ControlMessage): void {
    this.nextHop(target)?.send(encodeControl(message, target))
  }

  /** Whoever asks may not be routable yet; its question shows the way. */
  #answer(link: ControlLink, asker: string, message: ControlMessage): void {
    const way = this.nextHop(asker) ?? link
    way.send(encodeControl(message, asker))
  }

  #flood(message: ControlMessage): void {
    const bytes = encodeControl(message)
    for (const link of this.#neighbours.adjacent().values()) link.send(bytes)
  }

  #tellAddresses(keys: readonly string[]): void {
    for (const key of keys) this.#events.onAddress(key)
  }
}
