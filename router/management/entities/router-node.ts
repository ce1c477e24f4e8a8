import type { RouterView } from '../../mesh/control/control-link.ts'
import type { Entity, EntityType } from '../entity-type.ts'

const ATTRIBUTES = [
  'id',
  'protocolVersion',
  'instance',
  'linkState',
  'nextHop',
  'validOrigins',
  'address',
  'routerLink',
  'cost',
  'lastTopoChange',
  'index',
]

/** What the mesh says of the network's routers. */
export interface Nodes {
  nodes(): readonly RouterView[]
  validOrigins(routerId: string): ReadonlySet<string>
}

/** The routers of the network, this one included: its next hop is "(self)", that of a neighbour is not set. */
export function routerNodeType(mesh: Nodes): EntityType {
  return {
    type: 'io.skupper.router.router.node',
    attributes: ATTRIBUTES,
    list: () => mesh.nodes().map((view, index) => shown(view, { index, origins: mesh.validOrigins(view.routerId) })),
  }
}

function shown(view: RouterView, { index, origins }: { index: number; origins: ReadonlySet<string> }): Entity {
  const { routerId, self, cost, nextHop, linkState, instance, lastTopologyChange } = view
  return {
    name: `router.node/${routerId}`,
    identity: `router.node/${routerId}`,
    id: routerId,
    protocolVersion: 1,
    instance,
    linkState,
    nextHop: self ? '(self)' : nextHop,
    validOrigins: [...origins],
    address: `amqp:/_topo/0/${routerId}`,
    // Any number tells tools that it is a neighbour.
    routerLink: !self && cost !== undefined && nextHop === undefined ? index : undefined,
    cost: self ? undefined : cost,
    lastTopoChange: Math.floor(lastTopologyChange / 1000),
    index,
  }
}
