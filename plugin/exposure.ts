import { connectorName, listenerName, parseRoutingKey, routingKey } from '../core/model/address.ts'
import { SYNCED_LABEL } from '../core/model/annotation-names.ts'
import type { Connector } from '../core/model/connector.ts'
import { SkupperError } from '../core/model/error.ts'
import type { Labels } from '../core/model/labels.ts'
import type { Listener } from '../core/model/listener.ts'
import { deduceProtocol, type PortSigns, type Protocol } from '../core/model/protocol.ts'
import { API_VERSION } from '../core/model/resource-schema.ts'
import type { PortPair } from './exposed-ports.ts'
import type { Platform } from './platform/platform.ts'
import { leadsTo, targetAnnotation, type Target } from './target.ts'

/** The protocol of a port; `reason` is there where it was deduced. */
export interface ChosenProtocol {
  protocol: Protocol
  reason?: string
}

/** The protocol given, or the one that the port tells. */
export function chooseProtocol(given: Protocol | undefined, signs: PortSigns): ChosenProtocol {
  return given === undefined ? deduceProtocol(signs) : { protocol: given }
}

interface ListenerParts {
  address: string
  port: number
  /** What it is bound to: an address of the machine, or the name of a Service. */
  host: string
  protocol: ChosenProtocol
  labels?: Labels
}

/** The local entry of an exposed port. */
export function listenerFor({ address, port, host, protocol, labels = {} }: ListenerParts): Listener {
  return {
    apiVersion: API_VERSION,
    kind: 'Listener',
    metadata: { name: listenerName(address, port), ...(Object.keys(labels).length === 0 ? {} : { labels }) },
    spec: {
      routingKey: routingKey(address, port),
      host,
      port,
      type: protocol.protocol,
      ...deduced(protocol),
    },
  }
}

interface ConnectorParts {
  address: string
  pair: PortPair
  target: Target
  protocol: ChosenProtocol
  /** Those of the namespace: the first target of a port has the short name. */
  existing: readonly Connector[]
}

/** The exit to a target behind an exposed port; the same one again where that target is there already. */
export function connectorFor({ address, pair, target, protocol, existing }: ConnectorParts): Connector {
  const annotations = targetAnnotation(target)
  return {
    apiVersion: API_VERSION,
    kind: 'Connector',
    metadata: {
      name: nameFor(address, pair, { target, existing }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      routingKey: routingKey(address, pair.port),
      ...target.exit,
      port: pair.targetPort,
      type: protocol.protocol,
      ...deduced(protocol),
    },
  }
}

function nameFor(
  address: string,
  { port }: PortPair,
  { target, existing }: Pick<ConnectorParts, 'target' | 'existing'>,
): string {
  const first = listenerName(address, port)
  const holder = existing.find(({ metadata }) => metadata.name === first)
  if (holder === undefined || leadsTo(holder, target)) return first
  const { type, name } = target
  return connectorName(address, port, type === 'host' ? name : `${type}-${name}`)
}

const deduced = ({ reason }: ChosenProtocol) =>
  reason === undefined ? {} : { settings: { 'protocol-deduced': 'true' } }

/** The listeners of a service, by address. Throws `service/unknown` where there is none. */
export async function requireService({ resources }: Platform, address: string): Promise<Listener[]> {
  const listeners = await resources.list('Listener')
  const own = listeners.filter(({ spec }) => parseRoutingKey(spec.routingKey)?.address === address)
  if (own.length > 0) return own
  throw new SkupperError('service/unknown', `Service ${address} not found`, { given: address })
}

/** Whether service sync made it: the definition belongs to other sites. */
export const isSynced = ({ metadata }: Listener): boolean => metadata.labels?.[SYNCED_LABEL] === 'true'

/** `(protocol http, deduced from port 8080)`, or nothing where the user named the protocol. */
export function deductionText(chosen: readonly ChosenProtocol[]): string {
  const texts = chosen.flatMap(({ protocol, reason }) =>
    reason === undefined ? [] : [`protocol ${protocol}, deduced: ${reason}`],
  )
  return texts.length === 0 ? '' : ` (${[...new Set(texts)].join('; ')})`
}
