import { parseRoutingKey } from '../../core/model/address.ts'
import { isTrue } from '../../core/model/condition.ts'
import type { Connector } from '../../core/model/connector.ts'
import { routingKeysOf, type AnyListener } from '../../core/model/multi-key-listener.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'
import type { Site } from '../../core/model/site.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'
import { linkSentence, outgoingLinks, type OutgoingLink } from '../view/links.ts'
import { isWrong, type Finding } from './finding.ts'

const CONTROLLER_LOG = 'see what its controller logs'

/** All that is known of a site when it is checked. */
interface Scene {
  platform: Platform
  site: Site
  listeners: readonly AnyListener[]
  connectors: readonly Connector[]
  links: readonly OutgoingLink[]
  remoteSites: readonly RemoteSite[]
}

/**
 * Walks the way of a call: the site, its links, then for each service its local entry, its listener, the route, and
 * where the target is here, its connector and what is behind it. Ends with the first finding that is wrong. Throws
 * `service/unknown` for an address that nothing here knows.
 */
export async function* checkServices(platform: Platform, address?: string): AsyncGenerator<Finding> {
  const scene = await look(platform)
  const keys = routingKeys(scene, address)
  if (address !== undefined && keys.length === 0) {
    throw new SkupperError('service/unknown', `Service ${address} not found: no listener and no connector has it`, {
      given: address,
    })
  }
  for (const steps of [siteFindings(scene), ...keys.map((key) => keyFindings(scene, key)), linkFindings(scene)]) {
    for await (const finding of steps) {
      yield finding
      if (isWrong(finding)) return
    }
  }
}

async function look(platform: Platform): Promise<Scene> {
  const { resources } = platform
  const [site, single, multiKey, connectors, links, tokens, remoteSites] = await Promise.all([
    requireSite(platform),
    resources.list('Listener'),
    resources.list('MultiKeyListener'),
    resources.list('Connector'),
    resources.list('Link'),
    resources.list('AccessToken'),
    resources.list('RemoteSite'),
  ])
  const listeners = [...single, ...multiKey]
  return { platform, site, listeners, connectors, links: outgoingLinks({ links, tokens, remoteSites }), remoteSites }
}

function routingKeys({ listeners, connectors }: Scene, address: string | undefined): string[] {
  const keys = [...listeners.flatMap(routingKeysOf), ...connectors.map(({ spec }) => spec.routingKey)]
  const wanted = keys.filter((key) => address === undefined || (parseRoutingKey(key)?.address ?? key) === address)
  return [...new Set(wanted)].sort()
}

async function* siteFindings({ platform, site }: Scene): AsyncGenerator<Finding> {
  const part = `site ${site.metadata.name}`
  const obstacle = await platform.obstacle()
  if (obstacle !== undefined) yield { part, says: obstacle, remedy: 'the controller must run before all else' }
  else if (isTrue(site.status, 'Ready')) yield { part, says: 'ready' }
  else yield { part, says: site.status?.message ?? 'its controller has not reported', remedy: CONTROLLER_LOG }
}

async function* keyFindings(scene: Scene, key: string): AsyncGenerator<Finding> {
  const listeners = scene.listeners.filter((listener) => routingKeysOf(listener).includes(key))
  const connectors = scene.connectors.filter(({ spec }) => spec.routingKey === key)
  for (const listener of listeners) {
    yield await scene.platform.checkEntry(listener)
    yield configured('listener', listener)
  }
  if (listeners.length === 0) {
    const [address = key, port = ''] = key.split(':')
    const remedy = `make one: skupper service create ${address} ${port}`
    yield { part: `listener of ${key}`, says: 'there is none, so nobody can call it here', remedy }
  }
  yield routeFinding(scene, key, connectors)
  for (const connector of connectors) {
    yield configured('connector', connector)
    yield await scene.platform.checkTarget(connector)
  }
}

function configured(kind: string, { metadata, status }: AnyListener | Connector): Finding {
  const part = `${kind} ${metadata.name}`
  if (isTrue(status, 'Configured')) return { part, says: 'configured' }
  return { part, says: status?.message ?? 'the controller has not reported it', remedy: CONTROLLER_LOG }
}

/** Where the targets are; where there are none, the link that may be why. */
function routeFinding(scene: Scene, key: string, connectors: readonly Connector[]): Finding {
  const part = `route to ${key}`
  const elsewhere = scene.remoteSites.filter(({ status }) => {
    const service = status?.services?.find(({ routingKey }) => routingKey === key)
    return status?.reachable !== false && (service?.connectors ?? 0) > 0
  })
  const sites = [...(connectors.length > 0 ? ['this site'] : []), ...elsewhere.map(nameOf)]
  if (sites.length > 0) return { part, says: `targets in ${sites.join(', ')}` }
  const broken = scene.links.find(({ connected }) => !connected)
  if (broken !== undefined)
    return { part, says: `no target is known. ${linkSentence(broken)}`, remedy: linkRemedy(broken) }
  const lost = scene.remoteSites.find(({ status }) => status?.reachable === false)
  if (lost !== undefined) {
    const remedy = 'look at that site: its router or its link is down'
    return { part, says: `no target is known; site ${nameOf(lost)} is not reachable`, remedy }
  }
  if (scene.remoteSites.length === 0) {
    const remedy = 'link this site: skupper token create there, skupper link create here'
    return { part, says: 'no target is known, and no other site is linked', remedy }
  }
  return { part, says: 'no site has a target for it', remedy: 'expose one where it runs: skupper expose' }
}

async function* linkFindings({ links }: Scene): AsyncGenerator<Finding> {
  for (const link of links) {
    const part = `link ${link.name}`
    if (link.connected) yield await Promise.resolve({ part, says: 'connected' })
    else yield { part, says: link.reason ?? 'not connected', remedy: linkRemedy(link) }
  }
}

function linkRemedy({ endpoint, name }: OutgoingLink): string {
  if (endpoint === undefined) return `make the link anew with a new token: skupper link delete ${name}`
  return `see that ${endpoint} can be reached from here, and that the site there runs`
}

const nameOf = ({ metadata, status }: RemoteSite): string => status?.name ?? metadata.name
