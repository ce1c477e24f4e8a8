import { chooseOne, worthTrying, type Place } from './choice.ts'
import type { ControlLink } from '../control/control-link.ts'
import type { ControlPlane } from '../control/control-plane.ts'
import { HopTarget, Load, type Hop } from './hop-target.ts'
import type { Passage } from './passage.ts'
import { traceName } from '../router-annotations.ts'
import type { Target } from './target.ts'
import { treatmentOf, TREATMENT, type Treatment, type Treatments } from '../treatments.ts'

/** What the data plane asks of the control plane. */
export type Routes = Pick<
  ControlPlane,
  'routerId' | 'radius' | 'nextHop' | 'cost' | 'holders' | 'carries' | 'advertise' | 'withdraw'
>

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
  readonly watchers: Set<(reachable: boolean) => void>
  readonly counts: DeliveryCounts
  reachable: boolean
  turn: number
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

  /** Calls `onChange` at once and at each change. The answer ends that. */
  watch(key: string, onChange: (reachable: boolean) => void): () => void {
    const entry = this.#entryOf(key)
    // A function of its own for each watch, so that one listener may watch twice.
    const watcher = (reachable: boolean): void => {
      onChange(reachable)
    }
    entry.watchers.add(watcher)
    onChange(entry.reachable)
    return () => {
      entry.watchers.delete(watcher)
      this.#check(entry)
    }
  }

  reachable(key: string): boolean {
    if (key.startsWith('T')) return true
    if (key.startsWith('R')) return this.#routes.nextHop(key.slice(1)) !== undefined
    return (this.#entries.get(key)?.locals.length ?? 0) > 0 || this.#routes.holders(key).length > 0
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
    const all = [...(entry?.locals ?? []), ...this.#remotes(passage, entry)]
    if (entry === undefined) return all[0]
    const candidates = worthTrying(all, tried)
    const chosen = chooseOne(candidates, this.treatment(passage.key), entry.turn)
    if (candidates.length > 1) entry.turn++
    return chosen
  }

  /** All targets of a multicast message: the consumers here, and each neighbour that leads to others once. */
  all(passage: Passage): Target[] {
    const locals = this.#entries.get(passage.key)?.locals ?? []
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

  #remote(routerId: string, passage: Passage, entry: Entry | undefined): Target[] {
    const hop = this.#hopTo(routerId)
    if (hop === undefined || !this.#isOnward(hop, passage)) return []
    const load = entry === undefined ? undefined : new Load(entry.outstanding, routerId)
    return [new HopTarget(hop, { cost: this.#routes.cost(routerId) ?? hop.cost, place: routerId, load })]
  }

  #hopTo(routerId: string): Hop | undefined {
    const link = this.#routes.nextHop(routerId)
    return link === undefined ? undefined : this.#hops.get(link)
  }

  #isOnward(hop: Hop, passage: Passage): boolean {
    return hop.peerId !== passage.neighbour && !passage.trace.includes(traceName(hop.peerId))
  }

  #carries(passage: Passage, routerId: string): boolean {
    return passage.ingress === this.#routes.routerId || this.#routes.carries(passage.ingress, routerId)
  }

  #advertise(entry: Entry): void {
    if (!entry.key.startsWith('M')) return
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
      reachable: this.reachable(key),
      turn: 0,
    }
    this.#entries.set(key, entry)
    return entry
  }

  #check(entry: Entry): void {
    const reachable = this.reachable(entry.key)
    if (!reachable && entry.watchers.size === 0) this.#entries.delete(entry.key)
    if (reachable === entry.reachable) return
    entry.reachable = reachable
    for (const watcher of entry.watchers) watcher(reachable)
  }
}

function outstandingOf(entry: Entry): number {
  const here = entry.locals.reduce((sum, target) => sum + target.outstanding, 0)
  return [...entry.outstanding.values()].reduce((sum, count) => sum + count, here)
}
