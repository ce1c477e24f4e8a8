import type { Attributes, RecordType } from '../../router/telemetry/records.ts'
import { isInternalAddress } from './internal-addresses.ts'
import type { NetworkRecord } from './network-records.ts'

/** One site of the network, put together from the telemetry of its controller and its routers. */
export interface SiteView {
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly platform: string
  readonly version: string
  readonly routers: readonly RouterOfSite[]
  /** Links this site's routers dialled to other sites. */
  readonly links: readonly LinkOfSite[]
  readonly services: readonly ServiceOfSite[]
}

/** `id` is the router id as used for routing: telemetry's name without the area. */
export interface RouterOfSite {
  readonly id: string
  readonly name: string
  readonly mode: string
}

export interface LinkOfSite {
  readonly name: string
  /** Empty while the far end is unknown: a link that never came up has none. */
  readonly remoteSiteId: string
  readonly remoteSiteName: string
  readonly cost: number
  readonly operational: boolean
  readonly role: string
}

/** A routing key as one site serves it: how many distinct targets, how many ways in. */
export interface ServiceOfSite {
  readonly routingKey: string
  readonly protocol: string
  readonly connectors: number
  readonly listeners: number
}

const AREA = /^[^/]*\//
/** Of a pod of the Deployments `skupper-router`, `skupper-router-2`, … */
const POD_NAME = /-skupper-router(-\d+)?-[a-z0-9]{1,10}-[a-z0-9]{5}$/

/**
 * Records → sites, ordered by id. A router belongs to the site its `parent` names (protocol sheet, section 6); a
 * router without one is no part of any site. Understands Skupper v2's controllers (SITE records) and routers that
 * have no controller to speak for them: such a site takes its name from its router.
 */
export function networkView(records: readonly NetworkRecord[]): SiteView[] {
  const index = new RecordIndex(records)
  return index
    .siteIds()
    .sort(compareText)
    .map((id) => siteView(id, index))
}

class RecordIndex {
  readonly #byIdentity = new Map<string, NetworkRecord>()
  readonly #byParent = new Map<string, NetworkRecord[]>()

  constructor(records: readonly NetworkRecord[]) {
    for (const record of [...records].sort((a, b) => compareText(a.identity, b.identity))) {
      this.#byIdentity.set(record.identity, together(this.#byIdentity.get(record.identity), record))
      const { parent } = record.attributes
      if (parent === undefined) continue
      const siblings = this.#byParent.get(parent)
      if (siblings === undefined) this.#byParent.set(parent, [record])
      else siblings.push(record)
    }
  }

  siteIds(): string[] {
    const ids = [...this.#byIdentity.values()].flatMap(({ type, identity, attributes: { parent } }) => {
      if (type === 'SITE') return [identity]
      return type === 'ROUTER' && parent !== undefined && parent !== '' ? [parent] : []
    })
    return [...new Set(ids)]
  }

  site(id: string): Attributes | undefined {
    const record = this.#byIdentity.get(id)
    return record?.type === 'SITE' ? record.attributes : undefined
  }

  children(parents: readonly string[], type: RecordType): NetworkRecord[] {
    return parents.flatMap((parent) => this.#byParent.get(parent) ?? []).filter((record) => record.type === type)
  }

  /** The site at the far end of a link: the link's peer is a router access, its parent a router, its parent the site. */
  farSite(link: Attributes): string {
    const peer = this.#byIdentity.get(link.peer ?? '')
    const router = peer?.type === 'ROUTER_ACCESS' ? this.#byIdentity.get(peer.attributes.parent ?? '') : peer
    return router?.type === 'ROUTER' ? (router.attributes.parent ?? '') : ''
  }

  siteName(id: string): string {
    const named = this.site(id)?.name
    if (named !== undefined) return named
    const [router] = this.children([id], 'ROUTER')
    return router === undefined ? '' : nameFromRouter(routerId(router.attributes), id)
  }
}

/** What several sources say of one site adds up; the later one wins. Other records have one source each. */
function together(before: NetworkRecord | undefined, record: NetworkRecord): NetworkRecord {
  if (before?.type !== 'SITE' || record.type !== 'SITE') return record
  return { ...record, attributes: { ...before.attributes, ...record.attributes } }
}

function siteView(id: string, index: RecordIndex): SiteView {
  const routers = index.children([id], 'ROUTER')
  const routerIds = routers.map(({ identity }) => identity)
  const site = index.site(id)
  return {
    id,
    name: index.siteName(id),
    namespace: site?.namespace ?? '',
    platform: site?.platform ?? '',
    version: site?.buildVersion ?? '',
    routers: routers.map(({ attributes }) => ({
      id: routerId(attributes),
      name: attributes.name ?? '',
      mode: attributes.mode ?? '',
    })),
    links: index
      .children(routerIds, 'LINK')
      .map(({ attributes }) => linkView(attributes, index))
      .filter(({ remoteSiteId }) => remoteSiteId !== id),
    services: services(index.children(routerIds, 'LISTENER'), index.children(routerIds, 'CONNECTOR')),
  }
}

function linkView(link: Attributes, index: RecordIndex): LinkOfSite {
  const remoteSiteId = index.farSite(link)
  return {
    name: link.name ?? '',
    remoteSiteId,
    remoteSiteName: remoteSiteId === '' ? '' : index.siteName(remoteSiteId),
    cost: link.linkCost ?? 1,
    operational: link.operStatus === 'up',
    role: link.role ?? '',
  }
}

function services(listeners: readonly NetworkRecord[], connectors: readonly NetworkRecord[]): ServiceOfSite[] {
  const listenersByKey = Map.groupBy(listeners, routingKeyOf)
  const connectorsByKey = Map.groupBy(connectors, routingKeyOf)
  const keys = new Set([...listenersByKey.keys(), ...connectorsByKey.keys()])
  keys.delete('')
  return [...keys]
    .filter((key) => !isInternalAddress(key))
    .sort(compareText)
    .map((routingKey) => {
      const ways = listenersByKey.get(routingKey) ?? []
      const targets = connectorsByKey.get(routingKey) ?? []
      return {
        routingKey,
        protocol: [...ways, ...targets].find(({ attributes }) => attributes.protocol)?.attributes.protocol ?? '',
        connectors: distinct(targets, ({ destHost, destPort }) => `${destHost ?? ''}:${destPort ?? ''}`),
        listeners: distinct(ways, ({ name }) => name ?? ''),
      }
    })
}

function routingKeyOf({ attributes }: NetworkRecord): string {
  return attributes.vanAddress ?? ''
}

/** Two routers of one site (v2's HA) report the same target each: it counts once. */
function distinct(records: readonly NetworkRecord[], key: (attributes: Attributes) => string): number {
  return new Set(records.map(({ attributes }) => key(attributes))).size
}

function routerId({ name = '' }: Attributes): string {
  return name.replace(AREA, '')
}

/** Our routers are called `SITE-NAME-` and the first eight characters of the site id, or in clusters their pod's name. */
function nameFromRouter(router: string, siteId: string): string {
  const suffix = `-${siteId.slice(0, 8)}`
  return router.endsWith(suffix) ? router.slice(0, -suffix.length) : router.replace(POD_NAME, '')
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
