import { expect, test } from 'vitest'
import { KnownRouters } from '../../../../../router/mesh/control/known-routers.ts'
import { Topology } from '../../../../../router/mesh/control/topology.ts'

function topologyOf(): { topology: Topology; routers: KnownRouters } {
  const routers = new KnownRouters('ME')
  return { topology: new Topology({ routerId: 'ME', instance: 5, firstSeq: 0, now: 0 }, routers), routers }
}

function linkState(id: string, linkSeq: number, peers: Record<string, number>) {
  return { opcode: 'LSU', id, instance: 1, linkSeq, peers: new Map(Object.entries(peers)) } as const
}

function take(into: ReturnType<typeof topologyOf>, update: ReturnType<typeof linkState>, now = 0): void {
  const router = into.routers.learn(update.id, now)
  if (router !== undefined) into.topology.take(router, update, now)
}

test('neighbours that stay the same make no new link state', () => {
  const { topology } = topologyOf()
  expect(topology.setOwnPeers(new Map([['A', 1]]))).toBe(true)
  expect(topology.setOwnPeers(new Map([['A', 1]]))).toBe(false)
  expect(topology.setOwnPeers(new Map([['A', 2]]))).toBe(true)
  expect(topology.setOwnPeers(new Map())).toBe(true)
  expect(topology.linkSeq).toBe(3)
})

test('routers named by others are learnt, gained with a route and lost without', () => {
  const net = topologyOf()
  net.topology.setOwnPeers(new Map([['A', 1]]))
  take(net, linkState('A', 1, { ME: 1, B: 1 }))
  expect(net.topology.isStale).toBe(true)
  expect(net.topology.reroute(10).gained.map(({ id }) => id)).toEqual(['A', 'B'])
  expect(net.topology.isStale).toBe(false)
  take(net, linkState('A', 2, { ME: 1 }))
  expect(net.topology.reroute(20)).toMatchObject({ lost: [{ id: 'B', lostAt: 20 }], gained: [] })
})

test('an older link state is ignored, a newer one that says the same costs no new routes', () => {
  const net = topologyOf()
  net.topology.setOwnPeers(new Map([['A', 1]]))
  take(net, linkState('A', 5, { ME: 1 }))
  net.topology.reroute(0)
  take(net, linkState('A', 4, { ME: 1, B: 1 }))
  take(net, linkState('A', 6, { ME: 1 }))
  expect(net.topology.isStale).toBe(false)
  expect(net.routers.get('A')?.linkSeq).toBe(6)
})

test('the view tells each router, this one first', () => {
  const net = topologyOf()
  net.topology.setOwnPeers(new Map([['A', 2]]))
  take(net, linkState('A', 1, { ME: 2, B: 3 }), 7)
  net.topology.reroute(10)
  net.routers.learn('X', 11)
  expect(net.topology.views()).toEqual([
    { routerId: 'ME', self: true, cost: 0, nextHop: undefined, linkState: ['A'], instance: 5, lastTopologyChange: 10 },
    { routerId: 'A', self: false, cost: 2, nextHop: undefined, linkState: ['ME', 'B'], lastTopologyChange: 10 },
    { routerId: 'B', self: false, cost: 5, nextHop: 'A', linkState: [], lastTopologyChange: 10 },
    { routerId: 'X', self: false, cost: undefined, nextHop: undefined, linkState: [], lastTopologyChange: 11 },
  ])
})
