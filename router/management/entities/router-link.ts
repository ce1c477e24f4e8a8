import { LINK_CREDIT } from '../../mesh/capabilities.ts'
import type { LinkView } from '../../mesh/router-connection.ts'
import type { EntityType } from '../entity-type.ts'

/** AMQP links of all connections. A link has no number of its own: its identity is made of connection, name and direction. */
export function routerLinkType(mesh: { links(): readonly LinkView[] }): EntityType {
  return {
    type: 'io.skupper.router.router.link',
    attributes: [
      'linkName',
      'linkType',
      'linkDir',
      'owningAddr',
      'capacity',
      'unsettledCount',
      'connectionId',
      'operStatus',
    ],
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
