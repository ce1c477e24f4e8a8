import { isAddress, parseRoutingKey, routingKey } from '../../core/model/address.ts'
import type { Connector } from '../../core/model/connector.ts'
import { hasLabels, type Labels } from '../../core/model/labels.ts'
import { deduceProtocol, type Protocol } from '../../core/model/protocol.ts'
import type { ServiceDefinition } from '../../core/model/service-definition.ts'
import type { OfferedPort } from './service-sync-state.ts'

/** Labels of ours say how an object came about; they are not the service's. */
const OUR_LABEL = /^([-a-z0-9.]+\.)?skupper\.io\//

interface ExposedPort {
  readonly address: string
  readonly port: number
  readonly protocol: Protocol
  readonly labels: Labels
}

/**
 * What this site tells the others: one definition for each address and protocol it has Connectors for. Routing keys
 * that are not `ADDRESS:PORT` (Skupper v2's own) name no port for a listener and are not told.
 */
export function offeredServices(connectors: readonly Connector[], wanted: Labels): ServiceDefinition[] {
  const ports = connectors.flatMap(exposedPort).filter(({ labels }) => hasLabels(labels, wanted))
  const services = Map.groupBy(ports, ({ address, protocol }) => `${address} ${protocol}`)
  return [...services.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const labels = Object.fromEntries(group.flatMap((port) => Object.entries(port.labels)))
    const numbers = [...new Set(group.map(({ port }) => port))].sort((a, b) => a - b)
    return [{ address: first.address, protocol: first.protocol, ports: numbers, ...(hasAny(labels) ? { labels } : {}) }]
  })
}

/** The ports of another site's definitions, as far as they have the labels this site wants. */
export function offeredPorts(definitions: readonly ServiceDefinition[], wanted: Labels): OfferedPort[] {
  return definitions
    .filter(({ labels }) => hasLabels(labels, wanted))
    .flatMap(({ address, protocol, ports, labels = {} }) =>
      ports.map((port) => ({ routingKey: routingKey(address, port), port, protocol, labels })),
    )
}

/** The labels a user gave a resource. */
export function userLabels(labels: Labels | undefined): Labels {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !OUR_LABEL.test(key)))
}

function exposedPort({ metadata, spec }: Connector): ExposedPort[] {
  const key = parseRoutingKey(spec.routingKey)
  if (key === undefined || !isAddress(key.address)) return []
  const protocol = spec.type ?? deduceProtocol({ port: key.port }).protocol
  return [{ ...key, protocol, labels: userLabels(metadata.labels) }]
}

function hasAny(labels: Labels): boolean {
  return Object.keys(labels).length > 0
}
