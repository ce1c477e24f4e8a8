import { expect, test } from 'vitest'
import { routerNodeType } from '../../../../../router/management/entities/router-node.ts'
import type { RouterView } from '../../../../../router/mesh/control/control-link.ts'

const node: RouterView = {
  routerId: 'a',
  self: true,
  cost: 0,
  nextHop: undefined,
  linkState: ['b'],
  instance: 1_700_000_000,
  lastTopologyChange: 5_999,
}

test('next hops are shown as skupper-router shows them', () => {
  const neighbour: RouterView = { ...node, routerId: 'b', self: false, cost: 2 }
  const far: RouterView = { ...neighbour, routerId: 'c', cost: 3, nextHop: 'b' }
  const type = routerNodeType({
    nodes: () => [node, neighbour, far],
    validOrigins: (id) => new Set(id === 'c' ? ['a'] : []),
  })
  expect(type.list()).toMatchObject([
    { id: 'a', nextHop: '(self)', cost: undefined, lastTopoChange: 5, address: 'amqp:/_topo/0/a', index: 0 },
    { id: 'b', nextHop: undefined, routerLink: 1, cost: 2 },
    { id: 'c', nextHop: 'b', routerLink: undefined, cost: 3, validOrigins: ['a'], identity: 'router.node/c' },
  ])
})
