import { resourceName } from '../core/model/field-schemas.ts'
import { API_VERSION } from '../core/model/resource-schema.ts'
import type { RemoteSite } from '../core/model/remote-site.ts'
import type { SiteView } from './network-view.ts'
import type { RouterState } from './router-state.ts'

/** What is known of the network, and of what of it can be reached now. */
export interface NetworkFacts {
  readonly siteId: string
  readonly network: readonly SiteView[]
  readonly router: RouterState
}

/** One RemoteSite for each other site of the network. Ids that could not be a name are a stranger's and left out. */
export function remoteSites({ siteId, network, router }: NetworkFacts): RemoteSite[] {
  const linkedIn = new Set(
    router.neighbours.filter(({ direction }) => direction === 'in').map(({ routerId }) => routerId),
  )
  return network
    .filter(({ id }) => id !== siteId && resourceName.safeParse(id).success)
    .map((site) => remoteSite(site, router.routers, linkedIn))
}

/** The sites of the network that can be reached, this one included. */
export function sitesInNetwork(sites: readonly RemoteSite[]): number {
  return 1 + sites.filter(({ status }) => status?.reachable === true).length
}

function remoteSite(site: SiteView, reachable: ReadonlySet<string>, linkedIn: ReadonlySet<string>): RemoteSite {
  const { id, name, namespace, platform, version, routers, links, services } = site
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
      reachable: routers.some((router) => reachable.has(router.id)),
      linkedIn: routers.some((router) => linkedIn.has(router.id)),
    },
  }
}
