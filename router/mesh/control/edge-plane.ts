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
  /** Open, in the order they came: the first is active. */
  #uplinks: Uplink<L>[] = []
  #holders = NOBODY

  constructor(routerId: string, events: EdgeEvents<L>) {
    this.routerId = routerId
    this.#events = events
  }

  /** The connection is open: it becomes active if there is none, else it stands by. */
  join(uplink: Uplink<L>): void {
    this.#uplinks.push(uplink)
    if (this.#uplinks.length === 1) this.#switch(uplink, undefined)
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
    this.#holders = next === undefined ? NOBODY : [{ routerId: next.hop.peerId, treatment: TREATMENT.balanced }]
    this.#events.onUplink(next?.hop, before?.hop)
    for (const key of known) this.#events.onAddress(key)
    if (next === undefined) return
    next.activate()
    for (const key of this.#consumed) next.consume(key.slice(1))
    for (const key of this.#followed) next.follow(key.slice(1))
  }
}

/** Only addresses that are the network's own matter are told to it. */
function isMobile(key: string): boolean {
  return key.startsWith('M')
}
