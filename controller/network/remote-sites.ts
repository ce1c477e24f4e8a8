import { resourceName } from '../../core/model/field-schemas.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'
import { reachableSites } from './reachable-sites.ts'
import type { SiteView } from './network-view.ts'
import type { Neighbour, RouterState } from '../router/router-state.ts'
import { grownFrom } from '../services/synced-listeners.ts'

/** What is known of the network, and of what of it can be reached now. */
export interface NetworkFacts {
  readonly siteId: string
  readonly network: readonly SiteView[]
  readonly router: RouterState
  /** The RemoteSites there are. */
  readonly known: readonly RemoteSite[]
  /** True while sites that are there may not have been heard yet: known ones then stay as they were. */
  readonly isListening: boolean
}

/**
 * One RemoteSite for each other site of the network. Ids that could not be a name are a
 * stranger's and left out.
 */
export function remoteSites({ siteId, network, router, known, isListening }: NetworkFacts): RemoteSite[] {
  const linkedIn = new Set(router.neighbours.filter(isIncoming).map(({ routerId }) => routerId))
  const seen = network.filter(({ id }) => id !== siteId && resourceName.safeParse(id).success).map(remoteSite)
  const names = new Set(seen.map(({ metadata }) => metadata.name))
  const before = new Map(known.map((site) => [site.metadata.name, site]))
  const unheard = isListening ? known.filter(({ metadata }) => !names.has(metadata.name)) : []
  const all = [...seen.map((site) => grownFrom(before.get(site.metadata.name), site)), ...unheard]
  const reachable = reachableSites(all.map(heard), router)
  return all.map((site) => withReach(site, reachable.has(site.metadata.name), linkedIn))
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

function heard({ metadata, status }: RemoteSite) {
  const { routers = [], links = [] } = status ?? {}
  return { id: metadata.name, routers, links }
}

function withReach(site: RemoteSite, reachable: boolean, linkedIn: ReadonlySet<string>): RemoteSite {
  const routers = site.status?.routers ?? []
  return {
    ...site,
    status: {
      ...site.status,
      reachable,
      linkedIn: routers.some(({ id }) => linkedIn.has(id)),
    },
  }
}
