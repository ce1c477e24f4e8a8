import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Graph } from '../../../../router/mesh/control/graph.ts'
import { MeshSimulation } from '../../../../bench/scale/mesh-simulation.ts'

const ROUTERS = 50
const BALANCED = 3

interface Link {
  readonly a: string
  readonly b: string
  readonly cost: number
}

const idOf = (index: number): string => `r${String(index).padStart(2, '0')}`

/** A connected network: each router is linked to an earlier one, and some more links make rings. */
const network: fc.Arbitrary<Link[]> = fc
  .tuple(
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 4 })), { minLength: ROUTERS - 1, maxLength: ROUTERS - 1 }),
    fc.array(fc.tuple(fc.nat(ROUTERS - 1), fc.nat(ROUTERS - 1), fc.integer({ min: 1, max: 4 })), { maxLength: 30 }),
  )
  .map(([tree, extra]) => {
    const links = new Map<string, Link>()
    const add = (a: number, b: number, cost: number): void => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      if (low !== high) links.set(`${idOf(low)}-${idOf(high)}`, { a: idOf(low), b: idOf(high), cost })
    }
    tree.forEach(([parent, cost], at) => {
      add(at + 1, parent % (at + 1), cost)
    })
    for (const [a, b, cost] of extra) add(a, b, cost)
    return [...links.values()]
  })

function truthOf(links: readonly Link[], ids: readonly string[]): Graph {
  const states = new Map(ids.map((id) => [id, new Map<string, number>()]))
  for (const { a, b, cost } of links) {
    states.get(a)?.set(b, cost)
    states.get(b)?.set(a, cost)
  }
  return new Graph(states)
}

function expectTruth(mesh: MeshSimulation, truth: Graph): void {
  for (const id of mesh.ids()) {
    const plane = mesh.plane(id)
    const routes = truth.tree(id).routes()
    for (const other of mesh.ids()) {
      if (other === id) continue
      const route = routes.get(other)
      const seen = {
        cost: plane.cost(other),
        nextHop: plane.nextHop(other)?.peerId,
        holders: plane.holders(`M${other}`),
      }
      const reachable = route === undefined ? [] : [{ routerId: other, treatment: BALANCED }]
      expect(seen).toEqual({ cost: route?.cost, nextHop: route?.nextHop, holders: reachable })
    }
  }
}

test('fifty routers in any network agree on the cheapest routes and on all addresses, also after a third of the links closed', () => {
  fc.assert(
    fc.property(network, fc.integer({ min: 1 }), (links, seed) => {
      const mesh = new MeshSimulation({ seed })
      const ids = Array.from({ length: ROUTERS }, (_, index) => idOf(index))
      mesh.startAll(...ids)
      for (const id of ids) mesh.plane(id).advertise(`M${id}`, BALANCED)
      for (const { a, b, cost } of links) mesh.connect(a, b, { cost, delayMs: 1 + Math.floor(mesh.random() * 20) })
      mesh.run(10_000)
      expectTruth(mesh, truthOf(links, ids))
      const left = links.filter((_, at) => at % 3 !== 0)
      for (const { a, b } of links.filter((link) => !left.includes(link))) mesh.cut(a, b)
      mesh.run(10_000)
      expectTruth(mesh, truthOf(left, ids))
    }),
    { numRuns: 2 },
  )
}, 60_000)
