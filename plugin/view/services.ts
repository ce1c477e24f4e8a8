import { parseRoutingKey } from '../../core/model/address.ts'
import { ORIGINS_ANNOTATION, SYNCED_LABEL } from '../../core/model/annotation-names.ts'
import type { Connector } from '../../core/model/connector.ts'
import type { Labels } from '../../core/model/labels.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { MultiKeyListener } from '../../core/model/multi-key-listener.ts'
import type { Protocol } from '../../core/model/protocol.ts'
import { multiKeyServices, type StrategyView } from './multi-key-services.ts'
import {
  problemOf,
  targetsOf,
  unheardSites,
  type SiteTargets,
  type TargetSources,
  type UnheardSite,
} from './service-targets.ts'

/** What a site knows of the services of its network. */
export interface ServiceSources extends TargetSources {
  listeners: readonly Listener[]
  multiKeyListeners: readonly MultiKeyListener[]
}

/** One exposed port. `address` is its routing key, `NAME:PORT`. */
export interface ServiceView {
  name: string
  address: string
  protocol: Protocol
  targets: SiteTargets[]
  /** Where there are targets too, unless that has changed: nothing reaches them now. */
  unheard?: UnheardSite[]
  /** Of an entry to several services, which have the targets. */
  strategy?: StrategyView
  labels: Labels
  /** What the local listener says where it is not ready, such as a port that another program holds. */
  problem?: string
}

/** The services that have a listener or a connector in this site, sorted by address. */
export function servicesOf(sources: ServiceSources): ServiceView[] {
  const keys = new Set([...sources.listeners, ...sources.connectors].map(({ spec }) => spec.routingKey))
  const services = [
    ...[...keys].map((key) => serviceOf(key, sources)),
    ...multiKeyServices(sources.multiKeyListeners, sources),
  ]
  return services.sort((a, b) => compared(a.name, b.name) || compared(a.address, b.address))
}

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function serviceOf(key: string, sources: ServiceSources): ServiceView {
  const listeners = sources.listeners.filter(({ spec }) => spec.routingKey === key)
  const connectors = sources.connectors.filter(({ spec }) => spec.routingKey === key)
  const unheard = unheardSites(key, sources)
  const problem = listeners.map(problemOf).find((text) => text !== undefined)
  return {
    name: parseRoutingKey(key)?.address ?? key,
    address: key,
    protocol: [...listeners, ...connectors].map(({ spec }) => spec.type).find((type) => type !== undefined) ?? 'tcp',
    targets: targetsOf(key, sources),
    ...(unheard.length === 0 ? {} : { unheard }),
    labels: labelsOf(listeners[0] ?? connectors[0]),
    ...(problem === undefined ? {} : { problem }),
  }
}

/** Labels of the service itself: without the ones that service sync and Kubernetes keep for themselves. */
export function labelsOf(resource: Listener | Connector | undefined): Labels {
  const labels = Object.entries(resource?.metadata.labels ?? {})
  return Object.fromEntries(labels.filter(([key]) => key !== SYNCED_LABEL))
}

/** The sites that a synced listener comes from; undefined for one that was defined here. */
export function originsOf({ metadata }: Listener): string[] | undefined {
  if (metadata.labels?.[SYNCED_LABEL] !== 'true') return undefined
  const origins: unknown = JSON.parse(metadata.annotations?.[ORIGINS_ANNOTATION] ?? '[]')
  return Array.isArray(origins) ? origins.filter((origin) => typeof origin === 'string') : []
}
