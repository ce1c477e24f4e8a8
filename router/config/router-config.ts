import type { Connector } from '../../core/model/connector.ts'
import type { Link } from '../../core/model/link.ts'
import type { AnyListener } from '../../core/model/multi-key-listener.ts'
import type { RouterAccess } from '../../core/model/router-access.ts'
import { routerLogging } from '../../core/model/router-logging.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Site } from '../../core/model/site.ts'
import type { EngineCapabilities } from './engine-capabilities.ts'
import type { EntityConfig } from './entities.ts'
import { linkEntities, routerAccessEntities } from './link-entities.ts'
import type { ConfigNote, Rendered, RenderContext } from './rendered.ts'
import type { HostPort, RouterFacts } from './router-facts.ts'
import { connectorEntities, listenerEntities } from './service-entities.ts'
import { SslProfiles } from './ssl-profiles.ts'

/** Credentials of the local `normal` listener, signed by the site's local CA: whoever has such may manage the router. */
export const LOCAL_SERVER = 'skupper-local-server'

/** What a router is configured from. Where two want the same port, the first in the list has it. */
export interface RouterConfigInput {
  readonly site: Site
  readonly links: readonly Link[]
  readonly listeners: readonly AnyListener[]
  readonly connectors: readonly Connector[]
  readonly routerAccesses: readonly RouterAccess[]
  readonly facts: RouterFacts
}

/**
 * The whole configuration of a router: what its boot file holds, and what it is kept at over management. A resource
 * that cannot be rendered is left out; `routerConfigNotes` says why.
 */
export function routerConfig(input: RouterConfigInput, capabilities: EngineCapabilities): readonly EntityConfig[] {
  return render(input, capabilities).entities
}

/** What there is to say of the resources that `routerConfig` is given. */
export function routerConfigNotes(input: RouterConfigInput, capabilities: EngineCapabilities): readonly ConfigNote[] {
  return render(input, capabilities).notes
}

/** The mode a site's router runs in. */
export function routerMode(site: Site): 'interior' | 'edge' {
  return site.spec.edge === true ? 'edge' : 'interior'
}

function render(input: RouterConfigInput, capabilities: EngineCapabilities): Rendered {
  const { site, facts } = input
  const profiles = new SslProfiles(facts.credentials, {
    keys: capabilities.revokesKeys ? (facts.revokedKeys ?? []) : [],
    where: new Set(input.routerAccesses.map(({ spec }) => spec.tlsCredentials)),
  })
  const context: RenderContext = { facts, capabilities, profiles, mode: routerMode(site) }
  const groups = [
    localEntities(context),
    routerAccessEntities(input.routerAccesses, context),
    linkEntities(input.links, context),
    listenerEntities(input.listeners, context),
    connectorEntities(input.connectors, context),
  ]
  const users = groups.flatMap(({ entities }) => entities)
  return {
    entities: [...baseEntities(site, context), ...profiles.entities(), ...users],
    notes: groups.flatMap(({ notes }) => notes),
  }
}

function baseEntities(site: Site, { facts, mode }: RenderContext): EntityConfig[] {
  const { routerId, siteId, platform, version } = facts
  const { name, namespace } = site.metadata
  return [
    [
      'router',
      {
        id: routerId,
        mode,
        helloMaxAgeSeconds: 3,
        dataConnectionCount: settingOf(site, 'router-data-connection-count'),
        metadata: JSON.stringify({ id: siteId, version, platform }),
      },
    ],
    ['site', { name, namespace, platform, version }],
    // The routers' own multicast: telemetry and service sync (protocol sheet, section 6).
    ['address', { prefix: 'mc', distribution: 'multicast' }],
    ...logEntities(site),
  ]
}

/** A YAML file may ask for what no router has: then it is as if it asked for nothing. */
function logEntities(site: Site): EntityConfig[] {
  const levels = routerLogging(settingOf(site, 'router-logging')) ?? []
  return levels.map(({ module, enable }): EntityConfig => ['log', { module, enable }])
}

/** The listeners that are not for the network: management, health and metrics. */
function localEntities(context: RenderContext): Rendered {
  const { facts, profiles } = context
  const sslProfile = profiles.server(LOCAL_SERVER)
  const management: EntityConfig = [
    'listener',
    {
      ...bind(facts.management),
      name: 'skupper-local-normal',
      role: 'normal',
      sslProfile,
      saslMechanisms: 'EXTERNAL',
      authenticatePeer: true,
      requireSsl: true,
    },
  ]
  return { entities: [management, ...healthListener(context)], notes: [] }
}

/**
 * Without TLS, so without websockets: over those anybody on this host could speak AMQP, management included. A router
 * that would serve it at more addresses than it is told has none.
 */
function healthListener({ facts: { health }, capabilities }: RenderContext): EntityConfig[] {
  if (health === undefined || (health.host !== '' && !capabilities.bindsHealth)) return []
  const http = { http: true, httpRootDir: 'disabled', healthz: true, metrics: true, websockets: false }
  return [['listener', { ...bind(health), name: 'skupper-local-http', role: 'normal', ...http }]]
}

function bind({ host, port }: HostPort): { host: string; port: string } {
  return { host, port: String(port) }
}
