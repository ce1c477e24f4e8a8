import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Graph } from '../../../../../router/mesh/control/graph.ts'
import type { Peers, Route } from '../../../../../router/mesh/control/graph.ts'

type Links = Record<string, Record<string, number>>

interface Case {
  readonly what: string
  readonly links: Links
  readonly root: string
  readonly routes: Readonly<Record<string, Route>>
}

function graphOf(links: Links): Graph {
  return new Graph(statesOf(links))
}

function statesOf(links: Links): Map<string, Peers> {
  return new Map(Object.entries(links).map(([id, peers]) => [id, new Map(Object.entries(peers))]))
}

/** The distances between all nodes, by Floyd and Warshall's algorithm. */
function distances(states: ReadonlyMap<string, Peers>): Map<string, number> {
  const ids = [...states.keys()]
  const found = new Map(ids.map((id) => [`${id}>${id}`, 0]))
  for (const [a, peers] of states) for (const [b, cost] of peers) found.set(`${a}>${b}`, cost)
  const at = (a: string, b: string): number => found.get(`${a}>${b}`) ?? Infinity
  for (const via of ids) {
    for (const a of ids) for (const b of ids) found.set(`${a}>${b}`, Math.min(at(a, b), at(a, via) + at(via, b)))
  }
  return found
}

const network: fc.Arbitrary<Map<string, Peers>> = fc
  .array(fc.tuple(fc.nat(9), fc.nat(9), fc.integer({ min: 1, max: 4 })), { maxLength: 40 })
  .map((edges) => {
    const states = new Map<string, Map<string, number>>()
    for (let node = 0; node < 10; node++) states.set(String(node), new Map())
    for (const [from, to, cost] of edges) if (from !== to) states.get(String(from))?.set(String(to), cost)
    return states
  })

describe('routes', () => {
  test.each<Case>([
    { what: 'of a router alone', links: { A: {} }, root: 'A', routes: {} },
    { what: 'of one that is not known', links: { A: { B: 1 } }, root: 'X', routes: {} },
    {
      what: 'along a line',
      links: { A: { B: 1 }, B: { A: 1, C: 2 }, C: { B: 2 } },
      root: 'A',
      routes: { B: { cost: 1, nextHop: 'B', hops: 1 }, C: { cost: 3, nextHop: 'B', hops: 2 } },
    },
    {
      what: 'prefer the cheaper way',
      links: { A: { B: 5, C: 1 }, B: {}, C: { B: 1 } },
      root: 'A',
      routes: { B: { cost: 2, nextHop: 'C', hops: 2 }, C: { cost: 1, nextHop: 'C', hops: 1 } },
    },
    {
      what: 'cost what the router they leave published',
      links: { A: { B: 1 }, B: { A: 9 } },
      root: 'B',
      routes: { A: { cost: 9, nextHop: 'A', hops: 1 } },
    },
    {
      what: 'of equal cost go by the lower id',
      links: { A: { C: 1, B: 1 }, B: { D: 1 }, C: { D: 1 }, D: {} },
      root: 'A',
      routes: {
        B: { cost: 1, nextHop: 'B', hops: 1 },
        C: { cost: 1, nextHop: 'C', hops: 1 },
        D: { cost: 2, nextHop: 'B', hops: 2 },
      },
    },
    { what: 'do not use a link that only the other end lists', links: { A: {}, B: { A: 1 } }, root: 'A', routes: {} },
    {
      what: 'assume a link back from a router without link state',
      links: { A: { B: 7 } },
      root: 'B',
      routes: { A: { cost: 1, nextHop: 'A', hops: 1 } },
    },
  ])('$what', ({ links, root, routes }) => {
    expect(Object.fromEntries(graphOf(links).tree(root).routes())).toEqual(routes)
  })

  test('are the cheapest in any network, and lead there hop by hop', () => {
    fc.assert(
      fc.property(network, (states) => {
        const graph = new Graph(states)
        const truth = distances(states)
        const at = (a: string, b: string): number => truth.get(`${a}>${b}`) ?? Infinity
        for (const root of states.keys()) {
          const routes = graph.tree(root).routes()
          for (const id of states.keys()) {
            if (id === root) continue
            const route = routes.get(id)
            expect(route?.cost ?? Infinity).toBe(at(root, id))
            if (route === undefined) continue
            const first = states.get(root)?.get(route.nextHop) ?? Infinity
            expect(first + at(route.nextHop, id)).toBe(route.cost)
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  test('do not depend on the order in which the link states came', () => {
    fc.assert(
      fc.property(network, (states) => {
        const reversed = new Map([...states].reverse().map(([id, peers]) => [id, new Map([...peers].reverse())]))
        expect(new Graph(reversed).tree('3').routes()).toEqual(new Graph(states).tree('3').routes())
      }),
      { numRuns: 50 },
    )
  })
})

describe('beyond', () => {
  const line = graphOf({ A: { B: 1 }, B: { A: 1, C: 1 }, C: { B: 1, D: 1 }, D: { C: 1 } })

  test('gives a router and all that is reached through it', () => {
    expect([...line.tree('A').beyond('C')]).toEqual(['C', 'D'])
    expect([...line.tree('D').beyond('A')]).toEqual(['A'])
    expect([...line.tree('A').beyond('X')]).toEqual([])
  })
})
