import { resourceName } from '../../core/model/field-schemas.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'
import { reachableSites } from './reachable-sites.ts'
import type { SiteView } from './network-view.ts'
import type { Neighbour, RouterState } from '../router/router-state.ts'
import { grownFrom } from '../services/synced-listeners.ts'

/** A site that was not heard of for this long is no part of the network any more, as far as this one is concerned. */
const FORGET_AFTER_MS = 3_600_000

/** What is known of the network, and of what of it can be reached now. */
export interface NetworkFacts {
  readonly siteId: string
  readonly network: readonly SiteView[]
  readonly router: RouterState
  /** The RemoteSites there are. */
  readonly known: readonly RemoteSite[]
  /** True while sites that are there may not have been heard yet: known ones then stay as they were. */
  readonly isListening: boolean
  readonly now: Date
}

/**
 * One RemoteSite for each other site of the network, and for each that was part of it within the last hour: that one
 * says since when it is not. Ids that could not be a name are a stranger's and left out.
 */
export function remoteSites({ siteId, network, router, known, isListening, now }: NetworkFacts): RemoteSite[] {
  const linkedIn = new Set(router.neighbours.filter(isIncoming).map(({ routerId }) => routerId))
  const seen = network.filter(({ id }) => id !== siteId && resourceName.safeParse(id).success).map(remoteSite)
  const before = new Map(known.map((site) => [site.metadata.name, site]))
  const heard = seen.map((site) => grownFrom(before.get(site.metadata.name), site))
  const unheard = unheardSites(known, seen, now)
  const reachable = reachableSites([...heard, ...(isListening ? unheard : [])].map(partsOf), router)
  return [...heard, ...unheard].map((site) => {
    const reach = { reachable: reachable.has(site.metadata.name), linkedIn: isLinkedIn(site, linkedIn) }
    const { unreachableSince = sinceOf(before.get(site.metadata.name)), ...status } = site.status ?? {}
    const since = reach.reachable ? {} : { unreachableSince: unreachableSince ?? now.toISOString() }
    return { ...site, status: { ...status, ...reach, ...since } }
  })
}

/** Known sites that are not heard of now. One that was made anew has another id, and the old one is gone. */
function unheardSites(known: readonly RemoteSite[], seen: readonly RemoteSite[], now: Date): RemoteSite[] {
  const ids = new Set(seen.map(({ metadata }) => metadata.name))
  const places = new Set(seen.map(placeOf))
  return known.filter((site) => {
    const since = Date.parse(sinceOf(site) ?? now.toISOString())
    return !ids.has(site.metadata.name) && !places.has(placeOf(site)) && now.getTime() - since < FORGET_AFTER_MS
  })
}

function placeOf({ status = {} }: RemoteSite): string {
  return JSON.stringify([status.platform, status.namespace, status.name])
}

function sinceOf(site: RemoteSite | undefined): string | undefined {
  return site?.status?.unreachableSince
}

/** The sites of the network that can be reached, this one included. */
export function sitesInNetwork(sites: readonly RemoteSite[]): number {
  return 1 + sites.filter(({ status }) => status?.reachable === true).length
}

function isIncoming({ direction }: Neighbour): boolean {
  return direction === 'in'
}

function remoteSite({ id, name, namespace, platform, version, routers, links, services }: SiteView): RemoteSite {
  return {
    apiVersion: API_VERSION,
    kind: 'RemoteSite',
    metadata: { name: id },
    spec: {},
    status: {
      siteId: id,
      name,
      namespace,
      platform,
      version,
      routers: routers.map((router) => ({ ...router })),
      links: links.map((link) => ({ ...link })),
      services: services.map((service) => ({ ...service })),
    },
  }
}

function partsOf({ metadata, status }: RemoteSite) {
  const { routers = [], links = [] } = status ?? {}
  return { id: metadata.name, routers, links }
}

function isLinkedIn({ status }: RemoteSite, linkedIn: ReadonlySet<string>): boolean {
  return (status?.routers ?? []).some(({ id }) => linkedIn.has(id))
}
