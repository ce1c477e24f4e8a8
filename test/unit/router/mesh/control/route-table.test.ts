import { expect, test } from 'vitest'
import { RouteTable } from '../../../../../router/mesh/control/route-table.ts'

const link = (...peers: string[]): Map<string, number> => new Map(peers.map((peer) => [peer, 1]))
/** A ring of five: A B C D E. */
const ring = new Map([
  ['A', link('B', 'E')],
  ['B', link('A', 'C')],
  ['C', link('B', 'D')],
  ['D', link('C', 'E')],
  ['E', link('D', 'A')],
])

test('the radius is the way to the farthest router', () => {
  expect(new RouteTable('A', ring).radius).toBe(2)
  expect(new RouteTable('A', new Map()).radius).toBe(0)
})

test('each router carries what the origin sends through it, and each pair is carried one way round', () => {
  const tables = [...ring.keys()].map((id) => [id, new RouteTable(id, ring)] as const)
  for (const origin of ring.keys()) {
    for (const destination of ring.keys()) {
      if (origin === destination) continue
      const carriers = tables.filter(([id, table]) => id !== destination && table.carries(origin, destination))
      const hops = new RouteTable(origin, ring).route(destination)?.hops
      expect(carriers.map(([id]) => id)).toContain(origin)
      expect(carriers).toHaveLength(hops ?? -1)
    }
  }
})

test('what has no route, or comes from nowhere, is not carried', () => {
  const table = new RouteTable('A', ring)
  expect(table.carries('A', 'X')).toBe(false)
  expect(table.carries('X', 'B')).toBe(false)
  expect(table.carries('A', 'A')).toBe(false)
})
