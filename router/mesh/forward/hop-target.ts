import type { OutgoingDelivery } from '../../amqp/delivery.ts'
import type { ControlLink } from '../control/control-link.ts'
import type { Target, WayOptions } from './target.ts'

/** A neighbouring router that takes deliveries. */
export interface Hop extends ControlLink {
  open(options: WayOptions): OutgoingDelivery | undefined
}

/** The unsettled deliveries of one address towards one router. */
export class Load {
  readonly #counts: Map<string, number>
  readonly #routerId: string

  constructor(counts: Map<string, number>, routerId: string) {
    this.#counts = counts
    this.#routerId = routerId
  }

  get count(): number {
    return this.#counts.get(this.#routerId) ?? 0
  }

  add(change: number): void {
    const count = this.count + change
    if (count === 0) this.#counts.delete(this.#routerId)
    else this.#counts.set(this.#routerId, count)
  }
}

/** What lies behind a neighbour, made for one decision. Without `load` nothing is counted. */
export class HopTarget implements Target {
  readonly annotated = true
  readonly resting = false
  readonly place: string
  readonly cost: number
  readonly outstanding: number
  readonly #hop: Hop
  readonly #load: Load | undefined

  constructor(hop: Hop, { cost, place, load }: { cost: number; place: string; load?: Load | undefined }) {
    this.cost = cost
    this.place = place
    this.outstanding = load?.count ?? 0
    this.#hop = hop
    this.#load = load
  }

  open(options: WayOptions): OutgoingDelivery | undefined {
    const load = this.#load
    if (load === undefined) return this.#hop.open(options)
    const outgoing = this.#hop.open({
      ...options,
      onDone: () => {
        load.add(-1)
        options.onDone?.()
      },
    })
    if (outgoing !== undefined) load.add(1)
    return outgoing
  }
}
