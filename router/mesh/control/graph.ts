import { MinHeap } from './min-heap.ts'

/** The neighbours of a router with the cost of the link to each, as that router published them. */
export type Peers = ReadonlyMap<string, number>

const ASSUMED_COST = 1

/**
 * The network as the link states describe it (protocol sheet, section 2, "Routes"): an edge costs what the router it
 * leaves published. A router known only from others' lists is taken to be linked back, at cost 1.
 */
export class Graph {
  readonly #indexes = new Map<string, number>()
  readonly #ids: string[]
  readonly #edges: [to: number, cost: number][][]

  constructor(linkStates: ReadonlyMap<string, Peers>) {
    const named = new Set(linkStates.keys())
    for (const peers of linkStates.values()) for (const id of peers.keys()) named.add(id)
    // Sorted, so that comparing indexes is comparing ids: that is how all routers break ties alike.
    this.#ids = [...named].sort()
    this.#ids.forEach((id, index) => this.#indexes.set(id, index))
    this.#edges = this.#ids.map(() => [])
    for (const [id, peers] of linkStates) this.#addEdges(id, peers, linkStates)
  }

  has(id: string): boolean {
    return this.#indexes.has(id)
  }

  /** The cheapest paths from `root`; empty if it is not known. */
  tree(root: string): Tree {
    const parents = new Int32Array(this.#ids.length).fill(-1)
    const costs = new Float64Array(this.#ids.length).fill(Infinity)
    const start = this.#indexes.get(root)
    const order = start === undefined ? [] : this.#settle(start, parents, costs)
    return new Tree(this.#ids, this.#indexes, { parents, costs, order })
  }

  #addEdges(id: string, peers: Peers, linkStates: ReadonlyMap<string, Peers>): void {
    const from = this.#indexOf(id)
    for (const [peer, cost] of peers) {
      const to = this.#indexOf(peer)
      this.#edges[from]?.push([to, cost])
      if (!linkStates.has(peer)) this.#edges[to]?.push([from, ASSUMED_COST])
    }
  }

  /** Dijkstra's algorithm: fills both arrays, answers with the order. The heap holds cost and index as one number, so that ties settle in the order of ids. */
  #settle(start: number, parents: Int32Array, costs: Float64Array): number[] {
    const size = this.#ids.length
    const settled = new Uint8Array(size)
    const order: number[] = []
    costs[start] = 0
    const heap = new MinHeap()
    heap.push(start)
    for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
      const at = top % size
      if (settled[at] === 1) continue
      settled[at] = 1
      order.push(at)
      const reached = (top - at) / size
      for (const [to, cost] of this.#edges[at] ?? []) {
        if (reached + cost >= (costs[to] ?? 0)) continue
        costs[to] = reached + cost
        parents[to] = at
        heap.push((reached + cost) * size + to)
      }
    }
    return order
  }

  #indexOf(id: string): number {
    return this.#indexes.get(id) ?? -1
  }
}

interface Paths {
  /** The node before each on its path; -1 for the root and for what cannot be reached. */
  readonly parents: Int32Array
  readonly costs: Float64Array
  /** The nodes in the order in which they were reached, the root first. */
  readonly order: readonly number[]
}

/** A route from the root of a tree. */
export interface Route {
  readonly cost: number
  /** The first router on the path. */
  readonly nextHop: string
  readonly hops: number
}

/** The cheapest paths from one router to all others. */
export class Tree {
  readonly #ids: readonly string[]
  readonly #indexes: ReadonlyMap<string, number>
  readonly #paths: Paths

  constructor(ids: readonly string[], indexes: ReadonlyMap<string, number>, paths: Paths) {
    this.#ids = ids
    this.#indexes = indexes
    this.#paths = paths
  }

  /** The route to every router that can be reached, the root left out. */
  routes(): Map<string, Route> {
    const { parents, costs, order } = this.#paths
    const routes = new Map<string, Route>()
    for (const at of order) {
      const parent = parents[at] ?? -1
      if (parent === -1) continue
      const before = routes.get(this.#idOf(parent))
      const id = this.#idOf(at)
      routes.set(id, { cost: costs[at] ?? 0, nextHop: before?.nextHop ?? id, hops: (before?.hops ?? 0) + 1 })
    }
    return routes
  }

  /** The routers whose path leads through `via`, itself included. */
  beyond(via: string): Set<string> {
    const { parents, order } = this.#paths
    const start = this.#indexes.get(via) ?? -1
    const through = new Set<number>()
    for (const at of order) if (at === start || through.has(parents[at] ?? -1)) through.add(at)
    return new Set([...through].map((at) => this.#idOf(at)))
  }

  #idOf(index: number): string {
    return this.#ids[index] ?? ''
  }
}
