import { parseRoutingKey } from '../../core/model/address.ts'
import { ORIGINS_ANNOTATION, SYNCED_LABEL } from '../../core/model/annotation-names.ts'
import type { Connector } from '../../core/model/connector.ts'
import type { Labels } from '../../core/model/labels.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { Protocol } from '../../core/model/protocol.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'

/** What a site knows of the services of its network. */
export interface ServiceSources {
  siteName: string
  listeners: readonly Listener[]
  connectors: readonly Connector[]
  remoteSites: readonly RemoteSite[]
}

/** One exposed port. `address` is its routing key, `NAME:PORT`. */
export interface ServiceView {
  name: string
  address: string
  protocol: Protocol
  targets: SiteTargets[]
  labels: Labels
  /** What the local listener says where it is not ready, such as a port that another program holds. */
  problem?: string
}

/** The targets that one site has; `hosts` are told for the own site only. */
export interface SiteTargets {
  site: string
  count: number
  hosts: string[]
}

/** The services that have a listener or a connector in this site, sorted by address. */
export function servicesOf(sources: ServiceSources): ServiceView[] {
  const keys = new Set([...sources.listeners, ...sources.connectors].map(({ spec }) => spec.routingKey))
  const services = [...keys].map((key) => serviceOf(key, sources))
  return services.sort((a, b) => compared(a.name, b.name) || compared(a.address, b.address))
}

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function serviceOf(key: string, sources: ServiceSources): ServiceView {
  const listeners = sources.listeners.filter(({ spec }) => spec.routingKey === key)
  const connectors = sources.connectors.filter(({ spec }) => spec.routingKey === key)
  const problem = listeners.map(problemOf).find((text) => text !== undefined)
  return {
    name: parseRoutingKey(key)?.address ?? key,
    address: key,
    protocol: [...listeners, ...connectors].map(({ spec }) => spec.type).find((type) => type !== undefined) ?? 'tcp',
    targets: [...localTargets(sources.siteName, connectors), ...remoteTargets(key, sources.remoteSites)],
    labels: labelsOf(listeners[0] ?? connectors[0]),
    ...(problem === undefined ? {} : { problem }),
  }
}

function localTargets(site: string, connectors: readonly Connector[]): SiteTargets[] {
  const hosts = connectors.flatMap(hostsOf)
  return hosts.length === 0 ? [] : [{ site, count: hosts.length, hosts }]
}

function hostsOf({ spec, status }: Connector): string[] {
  const port = String(spec.port)
  if (spec.host !== undefined) return [`${spec.host}:${port}`]
  return (status?.selectedPods ?? []).map((pod) => `${pod.ip}:${port}`)
}

function remoteTargets(key: string, remoteSites: readonly RemoteSite[]): SiteTargets[] {
  return remoteSites
    .filter(({ status }) => status?.reachable !== false)
    .map(({ metadata, status }) => ({
      site: status?.name ?? metadata.name,
      count: status?.services?.find(({ routingKey }) => routingKey === key)?.connectors ?? 0,
      hosts: [],
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => (a.site < b.site ? -1 : 1))
}

/** Labels of the service itself: without the ones that service sync and Kubernetes keep for themselves. */
export function labelsOf(resource: Listener | Connector | undefined): Labels {
  const labels = Object.entries(resource?.metadata.labels ?? {})
  return Object.fromEntries(labels.filter(([key]) => key !== SYNCED_LABEL))
}

function problemOf({ status }: Listener): string | undefined {
  return status?.conditions?.find(({ type, status }) => type === 'Configured' && status === 'False')?.message
}

/** The sites that a synced listener comes from; undefined for one that was defined here. */
export function originsOf({ metadata }: Listener): string[] | undefined {
  if (metadata.labels?.[SYNCED_LABEL] !== 'true') return undefined
  const origins: unknown = JSON.parse(metadata.annotations?.[ORIGINS_ANNOTATION] ?? '[]')
  return Array.isArray(origins) ? origins.filter((origin) => typeof origin === 'string') : []
}
