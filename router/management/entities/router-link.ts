import { LINK_CREDIT } from '../../mesh/connection/capabilities.ts'
import type { LinkView } from '../../mesh/connection/router-connection.ts'
import type { EntityType } from '../entity-type.ts'

/** Those of skupper-router, whose tools ask for them; what is not counted here is not set. */
const ATTRIBUTES = [
  'linkName',
  'linkType',
  'linkDir',
  'owningAddr',
  'capacity',
  'undeliveredCount',
  'unsettledCount',
  'deliveryCount',
  'connectionId',
  'adminStatus',
  'operStatus',
  'presettledCount',
  'droppedPresettledCount',
  'acceptedCount',
  'rejectedCount',
  'releasedCount',
  'modifiedCount',
  'deliveriesDelayed1Sec',
  'deliveriesDelayed10Sec',
  'deliveriesStuck',
  'openMovedStreams',
  'ingressHistogram',
  'priority',
  'settleRate',
  'creditAvailable',
  'zeroCreditSeconds',
]

/** AMQP links of all connections. A link has no number of its own: its identity is made of connection, name and direction. */
export function routerLinkType(mesh: { links(): readonly LinkView[] }): EntityType {
  return {
    type: 'io.skupper.router.router.link',
    attributes: ATTRIBUTES,
    list: () =>
      mesh.links().map(({ connectionId, name, dir, type, address, unsettled }) => ({
        name,
        identity: `${String(connectionId)}/${dir}/${name}`,
        linkName: name,
        linkType: type,
        linkDir: dir,
        owningAddr: address,
        capacity: LINK_CREDIT,
        unsettledCount: unsettled,
        connectionId: String(connectionId),
        operStatus: 'up',
      })),
  }
}
