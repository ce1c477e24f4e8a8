import { isTrue } from '../../core/model/condition.ts'
import type { Link } from '../../core/model/link.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'
import type { Site } from '../../core/model/site.ts'
import type { TreeNode } from '../output/tree.ts'

export interface NetworkSources {
  namespace: string
  version: string | undefined
  site: Site
  links: readonly Link[]
  remoteSites: readonly RemoteSite[]
}

/** One site of the network with its links, as this site sees it. */
export interface NetworkSite {
  id: string
  name: string
  namespace: string | undefined
  location: 'local' | 'remote'
  version: string | undefined
  reachable: boolean
  /** RFC 3339; everything else is as of then. */
  unreachableSince?: string
  linkedSites: LinkedSite[]
  routers: { name: string; mode: string }[]
}

export interface LinkedSite {
  id: string
  name: string
  direction: 'outgoing' | 'incoming'
  cost: number
}

interface SiteLink {
  from: string
  to: string
  cost: number
}

/** Every site of the network, the own one first, the others by name. */
export function networkOf(sources: NetworkSources): NetworkSite[] {
  const sites = [localSite(sources), ...sources.remoteSites.map(remoteSite).sort((a, b) => (a.name < b.name ? -1 : 1))]
  const names = new Map(sites.map(({ id, name }) => [id, name]))
  const links = linksOf(sources)
  return sites.map((site) => ({ ...site, linkedSites: linkedSites(site.id, links, names) }))
}

function localSite({ site, namespace, version }: NetworkSources): NetworkSite {
  const { name, uid } = site.metadata
  const id = uid ?? name
  return { id, name, namespace, location: 'local', version, reachable: true, linkedSites: [], routers: [] }
}

function remoteSite({ metadata, status }: RemoteSite): NetworkSite {
  const id = status?.siteId ?? metadata.name
  return {
    id,
    name: status?.name ?? id,
    namespace: status?.namespace,
    location: 'remote',
    version: status?.version,
    ...reachOf(status),
    linkedSites: [],
    routers: (status?.routers ?? []).map(({ name, mode }) => ({ name, mode })),
  }
}

function reachOf({ reachable = true, unreachableSince }: NonNullable<RemoteSite['status']> = {}) {
  return { reachable, ...(unreachableSince === undefined ? {} : { unreachableSince }) }
}

/** The links of the network that are up, each told by the site that dials it. */
function linksOf({ site, links, remoteSites }: NetworkSources): SiteLink[] {
  const own = links
    .filter(({ status }) => isTrue(status, 'Operational'))
    .map(({ spec, status }) => ({
      from: site.metadata.uid ?? site.metadata.name,
      to: status?.remoteSiteId ?? '',
      cost: spec.cost ?? 1,
    }))
  const reached = remoteSites.filter(({ status }) => status?.reachable !== false)
  const others = reached.flatMap(({ metadata, status }) =>
    (status?.links ?? [])
      .filter(({ operational }) => operational)
      .map(({ remoteSiteId = '', cost = 1 }) => ({ from: status?.siteId ?? metadata.name, to: remoteSiteId, cost })),
  )
  return [...own, ...others].filter(({ to }) => to !== '')
}

function linkedSites(id: string, links: readonly SiteLink[], names: ReadonlyMap<string, string>): LinkedSite[] {
  const towards = (other: string, direction: LinkedSite['direction'], cost: number): LinkedSite => {
    return { id: other, name: names.get(other) ?? other, direction, cost }
  }
  const all = [
    ...links.filter(({ from }) => from === id).map(({ to, cost }) => towards(to, 'outgoing', cost)),
    ...links.filter(({ to }) => to === id).map(({ from, cost }) => towards(from, 'incoming', cost)),
  ]
  // Sites with several routers have several links between them.
  return [...new Map(all.map((linked) => [`${linked.direction} ${linked.id}`, linked])).values()]
}

/** The tree of `network status`; with `verbose` the routers too. */
export function networkTree(sites: readonly NetworkSite[], { verbose = false } = {}): TreeNode {
  return { text: 'Sites:', children: sites.map((site) => siteNode(site, verbose)) }
}

function siteNode(site: NetworkSite, verbose: boolean): TreeNode {
  const children: TreeNode[] = []
  if (site.linkedSites.length > 0) {
    children.push({ text: 'Linked sites:', children: site.linkedSites.map((linked) => linkedNode(linked, verbose)) })
  }
  if (verbose && site.routers.length > 0) {
    const routers = site.routers.map(({ name, mode }) => ({ text: `name: ${name}`, details: { mode } }))
    children.push({ text: 'Routers:', children: routers })
  }
  return {
    text: `[${site.location}] ${site.id}(${site.namespace ?? '-'}) `,
    details: {
      namespace: site.namespace,
      'site name': site.name,
      version: site.version ?? '-',
      ...(site.reachable ? {} : { reachable: reachText(site) }),
    },
    children,
  }
}

function reachText({ unreachableSince }: NetworkSite): string {
  return unreachableSince === undefined ? 'no' : `no, not heard from since ${unreachableSince}`
}

function linkedNode({ id, name, direction, cost }: LinkedSite, verbose: boolean): TreeNode {
  return { text: `${id}(${name})`, details: { direction, ...(verbose ? { cost } : {}) } }
}
