import { BUILT_IN } from '../../router/config/engine-capabilities.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { SITE_CONTROLLER } from '../../core/kube/site-rbac.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Site } from '../../core/model/site.ts'
import { LOCAL_SERVER } from '../credentials/site-credentials.ts'
import { TOKEN_ADDRESS } from '../network/internal-addresses.ts'
import { PEER_PORT, TOKEN_PORT } from './cluster-ports.ts'
import { groupSuffix, routerGroups } from './router-groups.ts'

const PEER_SERVICE = 'skupper-router-peer'

/** The Service under which the other routers of a site dial a router. */
export function peerService(index: number): string {
  return `${PEER_SERVICE}${groupSuffix(index)}`
}

/** The entities of each router of a site: what resources ask for, the way of tokens, and the site's other routers. */
export function groupEntities(
  site: Site,
  common: readonly EntityConfig[],
  { passTokens }: { passTokens: boolean },
): ReadonlyMap<string, readonly EntityConfig[]> {
  const groups = routerGroups(site)
  const peers = { count: groups.length, dialsAll: settingOf(site, 'router-engine') === BUILT_IN.engine }
  const tokens = passTokens ? tokenEntities(site.metadata.uid ?? '') : []
  return new Map(groups.map((group, index) => [group, [...common, ...tokens, ...peerEntities(index, peers)]] as const))
}

/** TLS of those who redeem tokens goes through the router to the controller as it is: no load balancer of its own. */
function tokenEntities(siteId: string): EntityConfig[] {
  const address = `${TOKEN_ADDRESS}${siteId}`
  const port = String(TOKEN_PORT)
  return [
    ['tcpListener', { name: 'listener/@tokens', address, host: '', port, siteId }],
    ['tcpConnector', { name: 'connector/@tokens', address, host: SITE_CONTROLLER, port, siteId }],
  ]
}

/**
 * Each router dials all others, so that one that has just started is linked before those that are there notice. Two
 * connections between two routers are one neighbour to ours; skupper-router takes one only, so the later one dials.
 */
function peerEntities(index: number, { count, dialsAll }: { count: number; dialsAll: boolean }): EntityConfig[] {
  if (count === 1) return []
  const tls = { sslProfile: LOCAL_SERVER, saslMechanisms: 'EXTERNAL' } as const
  const port = String(PEER_PORT)
  const role = 'inter-router' as const
  const listener = { name: '@peers', role, host: '', port, ...tls, authenticatePeer: true, requireSsl: true }
  const others = Array.from({ length: count }, (_, other) => other).filter((other) =>
    dialsAll ? other !== index : other < index,
  )
  const connectors = others.map((other): EntityConfig => {
    const host = peerService(other)
    return [
      'connector',
      { name: `@peer-${String(other + 1)}`, role, host, port, cost: 1, ...tls, verifyHostname: true },
    ]
  })
  return [['listener', listener], ...connectors]
}
