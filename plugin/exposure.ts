import { lookup } from 'node:dns/promises'
import { checkPort, connectorName, listenerName, parseRoutingKey, routingKey } from '../core/model/address.ts'
import { SYNCED_LABEL } from '../core/model/annotation-names.ts'
import type { Connector } from '../core/model/connector.ts'
import { SkupperError } from '../core/model/error.ts'
import type { Labels } from '../core/model/labels.ts'
import type { Listener } from '../core/model/listener.ts'
import { deduceProtocol, type Protocol } from '../core/model/protocol.ts'
import { API_VERSION } from '../core/model/resource-schema.ts'
import { settingOf } from '../core/model/settings.ts'
import type { Site } from '../core/model/site.ts'
import type { Platform } from './platform/platform.ts'

/** A port that clients call, and the port of the target behind it. */
export interface PortPair {
  port: number
  targetPort: number
}

/** The protocol of a port; `reason` is there where it was deduced. */
export interface ChosenProtocol {
  protocol: Protocol
  reason?: string
}

/** The protocol given, or the one that the port tells. */
export function chooseProtocol(given: Protocol | undefined, port: number): ChosenProtocol {
  return given === undefined ? deduceProtocol({ port }) : { protocol: given }
}

/** Target ports beside the ports: `T` in order, or `S:T` for the port S. Throws `port/mapping`. */
export function pairPorts(ports: readonly number[], targets: readonly string[]): PortPair[] {
  const named = new Map<number, number>()
  const inOrder: number[] = []
  for (const target of targets) {
    const [first, second] = target.split(':')
    if (second === undefined) inOrder.push(checkPort(first ?? ''))
    else named.set(checkPort(first ?? ''), checkPort(second))
  }
  const unknown = [...named.keys()].find((port) => !ports.includes(port))
  if (unknown !== undefined || inOrder.length > ports.length) {
    const message =
      unknown === undefined
        ? `${String(inOrder.length)} target ports given for ${String(ports.length)} ports`
        : `source port not defined in service: ${String(unknown)}`
    throw new SkupperError('port/mapping', message, { given: targets.join(',') })
  }
  return ports.map((port, position) => ({ port, targetPort: named.get(port) ?? inOrder[position] ?? port }))
}

interface ListenerParts {
  site: Site
  address: string
  port: number
  protocol: ChosenProtocol
  labels?: Labels
}

/** The local entry of an exposed port. */
export function listenerFor({ site, address, port, protocol, labels = {} }: ListenerParts): Listener {
  return {
    apiVersion: API_VERSION,
    kind: 'Listener',
    metadata: { name: listenerName(address, port), ...(Object.keys(labels).length === 0 ? {} : { labels }) },
    spec: {
      routingKey: routingKey(address, port),
      host: settingOf(site, 'listen-host'),
      port,
      type: protocol.protocol,
      ...deduced(protocol),
    },
  }
}

interface ConnectorParts {
  address: string
  pair: PortPair
  host: string
  protocol: ChosenProtocol
  /** Those of the namespace: the first target of a port has the short name. */
  existing: readonly Connector[]
}

/** The exit to a host behind an exposed port; the same one again where that host is a target already. */
export function connectorFor({ address, pair, host, protocol, existing }: ConnectorParts): Connector {
  const first = listenerName(address, pair.port)
  const holder = existing.find(({ metadata }) => metadata.name === first)
  const name = holder === undefined || holder.spec.host === host ? first : connectorName(address, pair.port, host)
  return {
    apiVersion: API_VERSION,
    kind: 'Connector',
    metadata: { name },
    spec: {
      routingKey: routingKey(address, pair.port),
      host,
      port: pair.targetPort,
      type: protocol.protocol,
      ...deduced(protocol),
    },
  }
}

const deduced = ({ reason }: ChosenProtocol) =>
  reason === undefined ? {} : { settings: { 'protocol-deduced': 'true' } }

/** Throws `host/unknown` where the name of a target has no address now. */
export async function checkHost(host: string): Promise<void> {
  await lookup(host).catch((cause: unknown) => {
    throw new SkupperError('host/unknown', `invalid hostname or ip: "${host}" has no address`, { given: host, cause })
  })
}

/** The one kind of target that a machine has. Throws `target/type`. */
export function hostTarget(type: string, name: string | undefined): string {
  const [kind = '', inline] = type.split('/', 2)
  const host = inline ?? name
  if (kind !== 'host') {
    const message = `invalid target type: ${kind} - valid target types are: [host]`
    throw new SkupperError('target/type', message, { given: kind, wanted: 'host' })
  }
  if (host !== undefined && host !== '') return host
  throw new SkupperError('target/name', `target type and name must be specified (e.g. 'skupper expose host <name>')`)
}

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
