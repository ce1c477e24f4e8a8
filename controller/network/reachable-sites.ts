import type { RouterState } from '../router/router-state.ts'

/** What of a site tells whether it can be reached. */
interface HeardSite {
  readonly id: string
  readonly routers: readonly { readonly id: string; readonly mode: string }[]
  readonly links: readonly { readonly remoteSiteId?: string | undefined; readonly operational: boolean }[]
}

/**
 * The ids of those sites that the router can reach now. A router that is gone is known at once, long before its
 * telemetry is given up. Edge routers are known to their own interior router only, and know none themselves: of a site
 * with such a router its links count, and to a router with an uplink everybody heard of.
 */
export function reachableSites(sites: readonly HeardSite[], router: RouterState): ReadonlySet<string> {
  if (router.hasUplink) return new Set(sites.map(({ id }) => id))
  const known = new Set(sites.filter(({ routers }) => routers.some(({ id }) => router.routers.has(id))).map(idOf))
  const behind = sites.filter(
    ({ routers, links }) =>
      routers.some(({ mode }) => mode.toLowerCase() === 'edge') &&
      links.some(({ remoteSiteId, operational }) => operational && known.has(remoteSiteId ?? '')),
  )
  return new Set([...known, ...behind.map(idOf)])
}

const idOf = ({ id }: HeardSite): string => id
