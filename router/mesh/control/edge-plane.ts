import { EDGE, UPLINK_KEY } from '../address.ts'
import { MAX_TRACE } from '../router-annotations.ts'
import { TREATMENT } from '../treatments.ts'
import type { ControlLink, Holder } from './control-link.ts'

/** A connection to an interior router, as far as the edge's routing needs it. Addresses are plain texts. */
export interface Uplink<L extends ControlLink = ControlLink> {
  readonly hop: L
  /** This connection carries the edge's traffic from now on. */
  activate(): void
  /** Messages for `address` are wanted here. */
  consume(address: string): void
  ignore(address: string): void
  /** Somebody here wants to know whether `address` has a consumer in the network. */
  follow(address: string): void
  unfollow(address: string): void
}

/** What the edge's routing tells its owner. */
export interface EdgeEvents<L extends ControlLink> {
  /** `hop` carries all traffic now; without one the edge is alone. */
  onUplink(hop: L | undefined, before: L | undefined): void
  /** Whether `key` has a consumer in the network may have changed. */
  onAddress(key: string): void
}

const NOBODY: readonly Holder[] = []

/**
 * The routing of an edge router (protocol sheet, section 3): everything that is not here lies behind one of its
 * uplinks, the active one; the others wait to take over. It learns of the addresses that somebody here follows.
 */
export class EdgePlane<L extends ControlLink = ControlLink> {
  readonly routerId: string
  readonly space = EDGE
  /** An edge sees traces of any length: it passes nothing on. */
  readonly radius = MAX_TRACE
  readonly #events: EdgeEvents<L>
  readonly #consumed = new Set<string>()
  readonly #followed = new Set<string>()
  readonly #reachable = new Set<string>()
  /** Of the reachable ones, those that only an earlier connection to the same place has told of. */
  readonly #unconfirmed = new Set<string>()
  /** Open, in the order they came: the first is active. */
  #uplinks: Uplink<L>[] = []
  #holders = NOBODY

  constructor(routerId: string, events: EdgeEvents<L>) {
    this.routerId = routerId
    this.#events = events
  }

  /**
   * The connection is open: it becomes active if there is none, else it stands by, or has the part of `before`, which
   * it replaces.
   */
  join(uplink: Uplink<L>, before?: Uplink<L>): void {
    const at = before === undefined ? -1 : this.#uplinks.indexOf(before)
    if (at < 0) this.#uplinks.push(uplink)
    else this.#uplinks[at] = uplink
    if (at === 0) this.#replace(uplink, before)
    else if (this.#uplinks.length === 1) this.#switch(uplink, undefined)
  }

  /** Forgets what the active uplink has not confirmed since it has taken the part of another. */
  forgetUnconfirmed(uplink: Uplink<L>): void {
    if (!this.isActive(uplink)) return
    const gone = [...this.#unconfirmed]
    this.#unconfirmed.clear()
    for (const key of gone) if (this.#reachable.delete(key)) this.#events.onAddress(key)
  }

  /** The connection is gone or leaves; the next takes over. Harmless when called twice. */
  leave(uplink: Uplink<L>): void {
    const wasActive = this.isActive(uplink)
    this.#uplinks = this.#uplinks.filter((each) => each !== uplink)
    if (wasActive) this.#switch(this.#uplinks[0], uplink)
  }

  isActive(uplink: Uplink<L>): boolean {
    return this.#uplinks[0] === uplink
  }

  /** What the active uplink's router says of an address that is followed. */
  heard(key: string, reachable: boolean): void {
    this.#unconfirmed.delete(key)
    if (!this.#followed.has(key) || this.#reachable.has(key) === reachable) return
    if (reachable) this.#reachable.add(key)
    else this.#reachable.delete(key)
    this.#events.onAddress(key)
  }

  advertise(key: string): void {
    if (!isMobile(key) || this.#consumed.has(key)) return
    this.#consumed.add(key)
    this.#uplinks[0]?.consume(key.slice(1))
  }

  withdraw(key: string): void {
    if (this.#consumed.delete(key)) this.#uplinks[0]?.ignore(key.slice(1))
  }

  follow(key: string, wanted: boolean): void {
    if (!isMobile(key)) return
    if (wanted) {
      this.#followed.add(key)
      this.#uplinks[0]?.follow(key.slice(1))
    } else {
      this.#followed.delete(key)
      this.#reachable.delete(key)
      this.#uplinks[0]?.unfollow(key.slice(1))
    }
  }

  nextHop(): L | undefined {
    return this.#uplinks[0]?.hop
  }

  cost(): number | undefined {
    return this.#uplinks[0]?.hop.cost
  }

  holders(key: string): readonly Holder[] {
    return key === UPLINK_KEY || this.#reachable.has(key) ? this.#holders : NOBODY
  }

  carries(): boolean {
    return true
  }

  /** Of an address that nobody follows nothing is known: the interior router may know it. */
  uplink(key: string): L | undefined {
    return isMobile(key) && !this.#followed.has(key) ? this.#uplinks[0]?.hop : undefined
  }

  #switch(next: Uplink<L> | undefined, before: Uplink<L> | undefined): void {
    const known = [...this.#reachable]
    this.#reachable.clear()
    this.#unconfirmed.clear()
    this.#holders = next === undefined ? NOBODY : [{ routerId: next.hop.peerId, treatment: TREATMENT.balanced }]
    this.#events.onUplink(next?.hop, before?.hop)
    for (const key of known) this.#events.onAddress(key)
    if (next !== undefined) this.#activate(next)
  }

  /** The same network is behind both: nothing is out of reach for a moment. */
  #replace(next: Uplink<L>, before: Uplink<L> | undefined): void {
    for (const key of this.#reachable) this.#unconfirmed.add(key)
    this.#holders = [{ routerId: next.hop.peerId, treatment: TREATMENT.balanced }]
    this.#activate(next)
    this.#events.onUplink(next.hop, before?.hop)
  }

  #activate(uplink: Uplink<L>): void {
    uplink.activate()
    for (const key of this.#consumed) uplink.consume(key.slice(1))
    for (const key of this.#followed) uplink.follow(key.slice(1))
  }
}

/** Only addresses that are the network's own matter are told to it. */
function isMobile(key: string): boolean {
  return key.startsWith('M')
}
