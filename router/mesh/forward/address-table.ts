import { chooseOne, worthTrying, type Place } from './choice.ts'
import type { ControlLink } from '../control/control-link.ts'
import { isSynchronised } from '../control/control-message.ts'
import type { ControlPlane } from '../control/control-plane.ts'
import { HopTarget, Load, type Hop } from './hop-target.ts'
import type { Passage } from './passage.ts'
import { traceName } from '../router-annotations.ts'
import type { Target } from './target.ts'
import { treatmentOf, TREATMENT, type Treatment, type Treatments } from '../treatments.ts'

/** What the data plane asks of the control plane. */
export interface Routes extends Pick<
  ControlPlane,
  'routerId' | 'space' | 'radius' | 'nextHop' | 'cost' | 'holders' | 'carries' | 'advertise' | 'withdraw'
> {
  /** An edge router learns of the addresses that it asks about: `wanted` says whether somebody here waits to hear. */
  follow?(key: string, wanted: boolean): void
  /** Where an edge router sends what it knows no way for. */
  uplink?(key: string): ControlLink | undefined
}

/** An address as management lists it. */
export interface AddressView {
  readonly key: string
  readonly treatment: Treatment
  readonly subscriberCount: number
  readonly remoteHostRouters: readonly string[]
  /** Deliveries on their way to it that are not settled. */
  readonly outstanding: number
  readonly counts: Readonly<DeliveryCounts>
}

/** Deliveries of one address since it became known here, or of all since the start. */
export interface DeliveryCounts {
  /** Entered the network at this router. */
  ingress: number
  /** Handed to a consumer of this router. */
  egress: number
  /** Came from one router and went on to another. */
  transit: number
}

interface Entry {
  readonly key: string
  /** What the first local consumer asked for. */
  treatment: Treatment | undefined
  readonly locals: Target[]
  /** Unsettled deliveries by the router they were sent towards. */
  readonly outstanding: Map<string, number>
  readonly watchers: Set<Watcher>
  readonly counts: DeliveryCounts
  turn: number
}

interface Watcher {
  readonly onChange: (reachable: boolean) => void
  /** Consumers at this edge router's connection do not count. */
  readonly edge: object | undefined
  reachable: boolean
}

/**
 * The addresses with a consumer here, a holder elsewhere or a watcher. An address in a message adds nothing to it, so
 * that strangers cannot make it grow.
 */
export class AddressTable {
  readonly #routes: Routes
  readonly #treatments: Treatments
  readonly totals: DeliveryCounts = { ingress: 0, egress: 0, transit: 0 }
  readonly #hops = new Map<ControlLink, Hop>()
  readonly #entries = new Map<string, Entry>()

  constructor(routes: Routes, treatments: Treatments) {
    this.#routes = routes
    this.#treatments = treatments
  }

  addHop(hop: Hop): void {
    this.#hops.set(hop, hop)
  }

  removeHop(hop: Hop): void {
    this.#hops.delete(hop)
  }

  addLocal(key: string, target: Target, treatment: Treatment | undefined): void {
    const entry = this.#entryOf(key)
    entry.locals.push(target)
    entry.treatment ??= treatment
    this.#advertise(entry)
    this.#check(entry)
  }

  removeLocal(key: string, target: Target): void {
    const entry = this.#entries.get(key)
    const at = entry?.locals.indexOf(target) ?? -1
    if (entry === undefined || at < 0) return
    entry.locals.splice(at, 1)
    if (entry.locals.length === 0) entry.treatment = undefined
    this.#advertise(entry)
    this.#check(entry)
  }

  /**
   * Calls `onChange` at once and at each change. The answer ends that. With `edge` the consumers at that connection do
   * not count.
   */
  watch(key: string, onChange: (reachable: boolean) => void, edge?: object): () => void {
    const entry = this.#entryOf(key)
    if (entry.watchers.size === 0) this.#routes.follow?.(key, true)
    const watcher: Watcher = { onChange, edge, reachable: this.#hasConsumer(key, edge) }
    entry.watchers.add(watcher)
    onChange(watcher.reachable)
    return () => {
      if (!entry.watchers.delete(watcher)) return
      if (entry.watchers.size === 0) this.#routes.follow?.(key, false)
      this.#check(entry)
    }
  }

  /** Whether a message to `key` has somewhere to go, as far as is known here. */
  reachable(key: string): boolean {
    return this.#hasConsumer(key) || this.#routes.uplink?.(key) !== undefined
  }

  /** The holders of `key` may have changed. */
  refresh(key: string): void {
    if (this.#entries.has(key) || this.#routes.holders(key).length > 0) this.#check(this.#entryOf(key))
  }

  refreshAll(): void {
    for (const entry of [...this.#entries.values()]) this.#check(entry)
  }

  /** How messages to `key` are spread: as configured, else as its consumers want it. */
  treatment(key: string): Treatment {
    if (key.startsWith('T')) return TREATMENT.flood
    const configured = key.startsWith('M') ? this.#treatments.of(key.slice(1)) : undefined
    const wanted = configured ?? this.#entries.get(key)?.treatment
    if (wanted !== undefined) return wanted
    const [holder] = this.#routes.holders(key)
    return holder === undefined ? TREATMENT.balanced : treatmentOf(holder.treatment)
  }

  /** The one target for a message of an address that is not multicast: one not in `tried`, if there is any. */
  one(passage: Passage, tried: readonly Place[] = []): Target | undefined {
    const entry = this.#entries.get(passage.key)
    const all = [...localsOf(entry, passage), ...this.#remotes(passage, entry)]
    if (all.length === 0) return this.#upwards(passage)[0]
    if (entry === undefined) return all[0]
    const candidates = worthTrying(all, tried)
    const chosen = chooseOne(candidates, this.treatment(passage.key), entry.turn)
    if (candidates.length > 1) entry.turn++
    return chosen
  }

  /** All targets of a multicast message: the consumers here, and each neighbour that leads to others once. */
  all(passage: Passage): Target[] {
    const locals = localsOf(this.#entries.get(passage.key), passage)
    const hops = this.treatment(passage.key) === TREATMENT.flood ? this.#hops.values() : this.#multicastHops(passage)
    const onward = [...hops].filter((hop) => this.#isOnward(hop, passage))
    return [...locals, ...onward.map((hop) => new HopTarget(hop, { cost: hop.cost, place: hop.peerId }))]
  }

  /** Counts a delivery that went to `targets`. */
  count({ key, neighbour }: Passage, targets: readonly Target[]): void {
    const counts = this.#entries.get(key)?.counts
    let [egress, transit] = [0, 0]
    for (const target of targets) {
      if (!(target instanceof HopTarget)) egress++
      else if (neighbour !== undefined) transit++
    }
    for (const each of counts === undefined ? [this.totals] : [this.totals, counts]) {
      if (neighbour === undefined) each.ingress++
      each.egress += egress
      each.transit += transit
    }
  }

  views(): AddressView[] {
    return [...this.#entries.values()].map((entry) => ({
      key: entry.key,
      treatment: this.treatment(entry.key),
      subscriberCount: entry.locals.length,
      remoteHostRouters: this.#routes.holders(entry.key).map((holder) => holder.routerId),
      outstanding: outstandingOf(entry),
      counts: entry.counts,
    }))
  }

  #multicastHops(passage: Passage): Set<Hop> {
    const hops = new Set<Hop>()
    const up = this.#hopOver(this.#routes.uplink?.(passage.key))
    if (up !== undefined) hops.add(up)
    for (const { routerId } of this.#routes.holders(passage.key)) {
      const hop = this.#hopTo(routerId)
      if (hop !== undefined && this.#carries(passage, routerId)) hops.add(hop)
    }
    return hops
  }

  #remotes(passage: Passage, entry: Entry | undefined): Target[] {
    // What is for one router goes there from wherever it is; only a choice among several could lead in circles.
    if (passage.key.startsWith('R')) return this.#remote(passage.key.slice(1), passage, entry)
    const holders = this.#routes.holders(passage.key).filter(({ routerId }) => this.#carries(passage, routerId))
    return holders.flatMap(({ routerId }) => this.#remote(routerId, passage, entry))
  }

  /** Where an edge router sends what it knows no consumer of. */
  #upwards(passage: Passage): Target[] {
    const hop = this.#hopOver(this.#routes.uplink?.(passage.key))
    if (hop === undefined || !this.#isOnward(hop, passage)) return []
    return [new HopTarget(hop, { cost: hop.cost, place: hop.peerId })]
  }

  #remote(routerId: string, passage: Passage, entry: Entry | undefined): Target[] {
    const hop = this.#hopTo(routerId)
    if (hop === undefined || !this.#isOnward(hop, passage)) return []
    const load = entry === undefined ? undefined : new Load(entry.outstanding, routerId)
    return [new HopTarget(hop, { cost: this.#routes.cost(routerId) ?? hop.cost, place: routerId, load })]
  }

  #hopTo(routerId: string): Hop | undefined {
    return this.#hopOver(this.#routes.nextHop(routerId))
  }

  #hopOver(link: ControlLink | undefined): Hop | undefined {
    return link === undefined ? undefined : this.#hops.get(link)
  }

  #isOnward(hop: Hop, passage: Passage): boolean {
    return hop.peerId !== passage.neighbour && !passage.trace.includes(traceName(hop.peerId))
  }

  #carries(passage: Passage, routerId: string): boolean {
    return passage.ingress === this.#routes.routerId || this.#routes.carries(passage.ingress, routerId)
  }

  #advertise(entry: Entry): void {
    if (!isSynchronised(entry.key)) return
    if (entry.locals.length === 0) this.#routes.withdraw(entry.key)
    else this.#routes.advertise(entry.key, this.treatment(entry.key))
  }

  #entryOf(key: string): Entry {
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = {
      key,
      treatment: undefined,
      locals: [],
      outstanding: new Map(),
      watchers: new Set(),
      counts: { ingress: 0, egress: 0, transit: 0 },
      turn: 0,
    }
    this.#entries.set(key, entry)
    return entry
  }

  #check(entry: Entry): void {
    if (entry.watchers.size === 0 && !this.#hasConsumer(entry.key)) this.#entries.delete(entry.key)
    for (const watcher of entry.watchers) {
      const reachable = this.#hasConsumer(entry.key, watcher.edge)
      if (reachable === watcher.reachable) continue
      watcher.reachable = reachable
      watcher.onChange(reachable)
    }
  }

  #hasConsumer(key: string, edge?: object): boolean {
    if (key.startsWith('T')) return true
    if (key.startsWith('R')) return this.#routes.nextHop(key.slice(1)) !== undefined
    const locals = this.#entries.get(key)?.locals ?? []
    const others = edge === undefined ? locals.length > 0 : locals.some((target) => target.edge !== edge)
    return others || this.#routes.holders(key).length > 0
  }
}

/** The consumers here; what an edge router sends does not go back to it. */
function localsOf(entry: Entry | undefined, { edge }: Passage): readonly Target[] {
  if (entry === undefined) return NOBODY
  return edge === undefined ? entry.locals : entry.locals.filter((target) => target.edge !== edge)
}

const NOBODY: readonly Target[] = []

function outstandingOf(entry: Entry): number {
  const here = entry.locals.reduce((sum, target) => sum + target.outstanding, 0)
  return [...entry.outstanding.values()].reduce((sum, count) => sum + count, here)
}
