import type { Link } from '../../core/model/link.ts'
import { DEFAULT_ROLE_PORTS, type RouterAccess } from '../../core/model/router-access.ts'
import { note, pending, refused, together, type Rendered, type RenderContext } from './rendered.ts'

/** Skupper v2 would go by an HTTP proxy (skupper-v2 sheet, section 1.5). */
const NO_PROXY = 'dialled directly: routers of this site use no proxy, so proxy-configuration has no effect'

type AccessRole = RouterAccess['spec']['roles'][number]

/** A router listener for each role of each RouterAccess: mutual TLS, always. */
export function routerAccessEntities(accesses: readonly RouterAccess[], context: RenderContext): Rendered {
  return together(accesses.flatMap((access) => access.spec.roles.map((role) => accessListener(access, role, context))))
}

/** A router connector for each Link, to the first of its endpoints that takes this router's role. */
export function linkEntities(links: readonly Link[], context: RenderContext): Rendered {
  return together(links.map((link) => linkConnector(link, context)))
}

function accessListener(access: RouterAccess, role: AccessRole, context: RenderContext): Rendered {
  const { tlsCredentials, bindHost = '' } = access.spec
  const obstacle = roleObstacle(role.name, context)
  if (obstacle !== undefined) return refused(access, obstacle)
  const sslProfile = context.profiles.server(tlsCredentials)
  if (sslProfile === undefined) return pending(access, missing(tlsCredentials))
  const attributes = {
    name: `${access.metadata.name}-${role.name}`,
    role: role.name,
    host: bindHost,
    port: String(role.port ?? DEFAULT_ROLE_PORTS[role.name]),
    sslProfile,
    saslMechanisms: 'EXTERNAL',
    authenticatePeer: true,
    requireSsl: true,
  }
  return { entities: [['listener', attributes]], notes: [] }
}

function roleObstacle(role: AccessRole['name'], { mode }: RenderContext): string | undefined {
  // Who reaches a normal listener may change the router: that one is the site's own, with a CA of its own.
  if (role === 'normal') return 'The role "normal" is the local listener of the site itself'
  return mode === 'edge' ? 'A router in edge mode accepts no links' : undefined
}

function linkConnector(link: Link, { profiles, mode }: RenderContext): Rendered {
  const { endpoints, tlsCredentials, cost = 1, settings } = link.spec
  const role = mode === 'edge' ? 'edge' : 'inter-router'
  const endpoint = endpoints.find(({ name }) => name === role)
  if (endpoint === undefined) return refused(link, `No endpoint for the role "${role}"`)
  if (tlsCredentials === undefined) return refused(link, 'A link needs tlsCredentials')
  const sslProfile = profiles.link(link.metadata.name, tlsCredentials)
  if (sslProfile === undefined) return pending(link, missing(tlsCredentials))
  const attributes = {
    name: link.metadata.name,
    role,
    host: endpoint.host,
    port: endpoint.port,
    cost: Math.max(cost, 1),
    sslProfile,
    saslMechanisms: 'EXTERNAL',
    verifyHostname: true,
  } as const
  const asksForProxy = settings?.['proxy-configuration'] !== undefined
  return { entities: [['connector', attributes]], notes: asksForProxy ? [note(link, 'Ready', NO_PROXY)] : [] }
}

/** Skupper v2's words for credentials that are not there. */
export function missing(credentials: string): string {
  return `TLS credentials ${credentials} not found`
}
