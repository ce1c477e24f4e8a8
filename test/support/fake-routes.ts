import type { OutgoingDelivery } from '../../router/amqp/delivery.ts'
import { INTERIOR } from '../../router/mesh/address.ts'
import type { Routes } from '../../router/mesh/forward/address-table.ts'
import type { ControlLink, Holder } from '../../router/mesh/control/control-link.ts'
import type { Hop } from '../../router/mesh/forward/hop-target.ts'
import type { WayOptions } from '../../router/mesh/forward/target.ts'
import { FakeOutgoing } from './fake-deliveries.ts'

/** A control plane that knows what a test tells it. This router is "me". */
export class FakeRoutes implements Routes {
  readonly routerId = 'me'
  space = INTERIOR
  radius = 3
  readonly advertised = new Map<string, number>()
  readonly #nextHops = new Map<string, ControlLink>()
  readonly #costs = new Map<string, number>()
  readonly #holders = new Map<string, Holder[]>()
  readonly #notCarried = new Set<string>()

  /** `routerId` lies behind `hop`. */
  route(routerId: string, hop: ControlLink, cost = hop.cost): void {
    this.#nextHops.set(routerId, hop)
    this.#costs.set(routerId, cost)
  }

  hold(key: string, ...routerIds: string[]): void {
    this.#holders.set(
      key,
      routerIds.map((routerId) => ({ routerId, treatment: 3 })),
    )
  }

  /** Messages from `origin` do not pass here on their way to `destination`. */
  doNotCarry(origin: string, destination: string): void {
    this.#notCarried.add(`${origin} ${destination}`)
  }

  nextHop(routerId: string): ControlLink | undefined {
    return this.#nextHops.get(routerId)
  }

  cost(routerId: string): number | undefined {
    return this.#costs.get(routerId)
  }

  holders(key: string): readonly Holder[] {
    return this.#holders.get(key) ?? []
  }

  carries(origin: string, destination: string): boolean {
    return !this.#notCarried.has(`${origin} ${destination}`)
  }

  advertise(key: string, treatment: number): void {
    this.advertised.set(key, treatment)
  }

  withdraw(key: string): void {
    this.advertised.delete(key)
  }
}

/** A neighbour that keeps what is opened towards it. */
export class FakeHop implements Hop {
  readonly peerId: string
  readonly cost: number
  /** What `open` answers nothing for. */
  full = false
  readonly opened: { readonly options: WayOptions; readonly outgoing: FakeOutgoing }[] = []

  constructor(peerId: string, cost = 1) {
    this.peerId = peerId
    this.cost = cost
  }

  send(): void {
    throw new Error('control messages do not come this way')
  }

  open(options: WayOptions): OutgoingDelivery | undefined {
    if (this.full) return undefined
    const outgoing = new FakeOutgoing()
    this.opened.push({ options, outgoing })
    return outgoing
  }
}
