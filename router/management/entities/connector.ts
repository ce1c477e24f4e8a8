import type { AttributesOf } from '../../config/entities.ts'
import type { ConnectorOptions } from '../../mesh/connection/connector.ts'
import type { MutualTls } from '../../tls/tls-files.ts'
import { configuredType } from '../configured-type.ts'
import type { Running } from '../configured-type.ts'
import type { EntityType } from '../entity-type.ts'
import { LinkReport } from './link-report.ts'
import type { LinkState } from './link-report.ts'
import { startWithProfile } from './profile-start.ts'
import { refuseFixed, roleIn, saslMechanisms, useTls } from './mesh-parts.ts'
import type { MeshParts } from './mesh-parts.ts'
import { refuseSet } from './unsupported.ts'

/** What makes connectors. */
export interface ConnectorMesh {
  addConnector(options: ConnectorOptions): LinkState & { setTls(tls: MutualTls): void }
  removeConnector(name: string): boolean
}

export interface ConnectorParts extends MeshParts<ConnectorMesh> {
  /** Connections for streams that each link has beside its control connection. */
  readonly dataConnections: number
}

/** Links to other routers, dialled by this one. */
export function connectorType(parts: ConnectorParts): EntityType {
  return configuredType({
    type: 'connector',
    statusAttributes: ['connectionStatus', 'connectionMsg'],
    secrets: ['saslPassword'],
    start: (attributes) =>
      startWithProfile({
        ...parts,
        owner: { type: 'connector', ...attributes },
        start: () => start(attributes, parts),
        missing: ({ message }) => ({ connectionStatus: 'FAILED', connectionMsg: message }),
      }),
  })
}

function start(attributes: AttributesOf<'connector'>, parts: ConnectorParts): Running<'connector'> {
  const { mesh, telemetry, reports, now } = parts
  const { name, role, cost } = attributes
  const options = optionsOf(attributes, parts)
  const use = useTls(parts, { type: 'connector', ...attributes })
  const connector = mesh.addConnector({ ...options, tls: use.tls })
  use.follow(connector)
  const record = telemetry.open('LINK', { name, role, protocol: 'amqp', destPort: attributes.port, linkCost: cost })
  const report = new LinkReport(record, now)
  const stopReporting = reports.add((connections) => {
    const own = connections.filter((connection) => connection.dir === 'out' && connection.name === name)
    report.update(connector, own)
  })
  return {
    status: () => ({ connectionStatus: connector.status, connectionMsg: connector.message }),
    close: () => {
      stopReporting()
      mesh.removeConnector(name)
      use.release()
      record.end()
    },
  }
}

/** A bad attribute is found before anything is in use. */
function optionsOf(attributes: AttributesOf<'connector'>, parts: ConnectorParts): ConnectorOptions {
  const { mode, dataConnections } = parts
  const { name, role, host, port, cost, verifyHostname, maxFrameSize, idleTimeoutSeconds } = attributes
  const entity = `connector ${name}`
  refuseSet(entity, attributes, ['saslUsername', 'saslPassword'])
  refuseFixed(entity, attributes)
  return {
    role: roleIn(role, { entity, mode, supported: [mode === 'edge' ? 'edge' : 'inter-router'] }),
    ...{ name, host, cost, verifyHostname, maxFrameSize, dataConnections },
    port: Number(port),
    idleTimeoutMs: idleTimeoutSeconds * 1000,
    saslMechanisms: saslMechanisms(entity, attributes.saslMechanisms),
  }
}
