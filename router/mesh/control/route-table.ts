import { Graph } from './graph.ts'
import type { Peers, Route } from './graph.ts'

/** The routes of one router for one state of the network. Never changed: a new state makes a new table. */
export class RouteTable {
  /** Hops to the farthest router. */
  readonly radius: number
  readonly #self: string
  readonly #graph: Graph
  readonly #routes: ReadonlyMap<string, Route>
  readonly #carried = new Map<string, ReadonlySet<string>>()

  constructor(self: string, linkStates: ReadonlyMap<string, Peers>) {
    this.#self = self
    this.#graph = new Graph(linkStates)
    this.#routes = this.#graph.tree(self).routes()
    this.radius = Math.max(0, ...[...this.#routes.values()].map(({ hops }) => hops))
  }

  route(routerId: string): Route | undefined {
    return this.#routes.get(routerId)
  }

  /**
   * Whether messages that entered at `origin` come through here on their way to `destination` ("valid origins" in the
   * protocol sheet): so copies of one message never meet. An origin's tree is computed when first asked for.
   */
  carries(origin: string, destination: string): boolean {
    if (!this.#routes.has(destination)) return false
    return origin === this.#self || this.#carriedFor(origin).has(destination)
  }

  #carriedFor(origin: string): ReadonlySet<string> {
    const known = this.#carried.get(origin)
    if (known !== undefined) return known
    // A name that is no router must not fill the memory: it carries nothing, and is looked up again.
    if (!this.#graph.has(origin)) return NOTHING
    const carried = this.#graph.tree(origin).beyond(this.#self)
    this.#carried.set(origin, carried)
    return carried
  }
}

const NOTHING: ReadonlySet<string> = new Set()
