import type { ConnectionView } from '../../mesh/connection/router-connection.ts'
import type { Entity, EntityType } from '../entity-type.ts'
import type { MeshConnections } from './mesh-parts.ts'
import { refusal } from '../status.ts'

/** Those of skupper-router, whose tools ask for them; what is not known here is not set. */
const ATTRIBUTES = [
  'host',
  'localSocket',
  'role',
  'protocol',
  'dir',
  'container',
  'sasl',
  'isAuthenticated',
  'user',
  'isEncrypted',
  'sslProto',
  'sslCipher',
  'sslSsf',
  'ssl',
  'properties',
  'opened',
  'active',
  'adminStatus',
  'operStatus',
  'uptimeSeconds',
  'lastDlvSeconds',
  'enableProtocolTrace',
  'meshId',
  'tlsOrdinal',
  'groupOrdinal',
  'groupCorrelationId',
  'bytesIn',
  'bytesOut',
]

/** AMQP connections, in and out. UPDATE of `adminStatus` to `deleted` closes one. */
export function connectionType(mesh: MeshConnections, now: () => number): EntityType {
  return {
    type: 'io.skupper.router.connection',
    attributes: ATTRIBUTES,
    list: () => mesh.connections().map((view) => shown(view, now())),
    update: (entity, attributes) => {
      const { adminStatus, ...others } = attributes
      const [other] = Object.keys(others)
      if (other !== undefined) throw refusal('management/bad-request', `${other} of a connection cannot be changed`)
      if (adminStatus !== 'deleted') {
        throw refusal('management/bad-request', 'adminStatus can only become "deleted"', adminStatus)
      }
      if (!mesh.closeConnection(Number(entity.identity))) {
        throw refusal('management/not-found', `no connection identity=${entity.identity}`)
      }
      return Promise.resolve({ ...entity, adminStatus })
    },
  }
}

function shown(view: ConnectionView, now: number): Entity {
  const { id, host, role, dir, container, user, tls, properties, openedAt, bytesIn, bytesOut } = view
  return {
    name: `connection/${host}`,
    identity: String(id),
    ...{ host, role, dir, container, user, bytesIn, bytesOut },
    protocol: 'amqp',
    sasl: user === undefined ? 'ANONYMOUS' : 'EXTERNAL',
    isAuthenticated: user !== undefined,
    isEncrypted: tls !== undefined,
    ssl: tls !== undefined,
    sslProto: tls?.protocol,
    sslCipher: tls?.cipher,
    properties,
    opened: container !== '',
    active: true,
    adminStatus: 'enabled',
    operStatus: 'up',
    uptimeSeconds: Math.max(0, Math.floor((now - openedAt) / 1000)),
    groupCorrelationId: properties.get('qd.group-correlator'),
  }
}
