import { DEFAULT_ROLE_PORTS, type RouterAccess } from '../../core/model/router-access.ts'
import type { Site } from '../../core/model/site.ts'
import { TOKEN_PORT } from './cluster-ports.ts'
import { groupSuffix, routerGroups } from './router-groups.ts'

/** What a Site's linkAccess and a RouterAccess's accessType may be, with Skupper v1's words beside v2's. */
export const ACCESS_TYPES = [
  ...['default', 'loadbalancer', 'nodeport', 'ingress', 'ingress-nginx', 'nginx-ingress-v1'],
  ...['contour-http-proxy', 'route', 'gateway', 'local', 'none'],
]
const DEFAULT_TYPE = 'loadbalancer'
/** What the port for tokens is called, on Services and in host names (v1's word there). */
export const TOKEN_PORT_NAME = 'claims'

/** One Service through which a router is reached from outside. */
export interface WayIn {
  readonly access: RouterAccess
  readonly type: string
  readonly service: string
  /** The router it leads to. */
  readonly group: string
  /** Counts a site's routers from 0. */
  readonly index: number
  readonly ports: readonly WayInPort[]
}

export interface WayInPort {
  /** A role, or `claims`. */
  readonly name: string
  readonly port: number
}

/** One way in for each access and each router. Tokens come in by those of the first access. */
export function waysIn(site: Site, accesses: readonly RouterAccess[]): WayIn[] {
  return accesses.flatMap((access, place) =>
    routerGroups(site).map((group, index) => ({
      access,
      type: accessType(access.spec, site),
      service: `${access.metadata.name}${groupSuffix(index)}`,
      group,
      index,
      ports: [
        ...access.spec.roles.map(({ name, port }) => ({ name, port: port ?? DEFAULT_ROLE_PORTS[name] })),
        ...(place === 0 && site.spec.edge !== true ? [{ name: TOKEN_PORT_NAME, port: TOKEN_PORT }] : []),
      ],
    })),
  )
}

/** How an access is to be reached: as it says, as the Site says, or as is usual. */
export function accessType({ accessType: own }: Pick<RouterAccess['spec'], 'accessType'>, site: Site): string {
  const asked = own ?? site.spec.linkAccess ?? DEFAULT_TYPE
  return asked === 'default' || asked === '' ? DEFAULT_TYPE : asked
}
