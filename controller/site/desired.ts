import { reachableSites } from '../network/reachable-sites.ts'
import { CONTROLLED_ANNOTATION } from '../../core/model/annotation-names.ts'
import type { GivenCredentials } from '../../core/model/credentials.ts'
import type { Connector } from '../../core/model/connector.ts'
import type { Listener } from '../../core/model/listener.ts'
import { routingKeysOf, type AnyListener } from '../../core/model/multi-key-listener.ts'
import type { Resource } from '../../core/model/resource.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import type { RouterAccess } from '../../core/model/router-access.ts'
import type { Secret } from '../../core/model/secret.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'
import type { EngineCapabilities } from '../../router/config/engine-capabilities.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import type { ConfigNote } from '../../router/config/rendered.ts'
import { routerConfig, routerConfigNotes } from '../../router/config/router-config.ts'
import type { RouterFacts } from '../../router/config/router-facts.ts'
import { linkWithStatus } from './link-status.ts'
import type { SiteView } from '../network/network-view.ts'
import { remoteSites, sitesInNetwork } from '../network/remote-sites.ts'
import type { RouterState } from '../router/router-state.ts'
import { multiKeyListenerWithStatus } from '../services/multi-key-status.ts'
import { connectorWithStatus, listenerWithStatus, type MatchedKeys } from '../services/service-status.ts'
import type { SyncedPort } from '../services/service-sync-state.ts'
import type { DefaultAccess, PlaceStatus, PremisesView } from './premises.ts'
import { anyListeners, type SiteResources } from './site-resources.ts'
import { accessWithStatus, siteWithStatus, surplusSite } from './site-status.ts'
import type { LinkCertificate } from '../tokens/link-renewals.ts'
import type { Trouble } from './statements.ts'
import { syncedListeners } from '../services/synced-listeners.ts'

/** The name Skupper v2 gives the RouterAccess that a Site's linkAccess stands for. */
const DEFAULT_ACCESS = 'skupper-router'
/** As Skupper v2 calls the certificate that its listener shows. */
const SITE_SERVER = 'skupper-site-server'

/** What the router's configuration depends on beside the resources. */
export interface ConfigFacts {
  readonly router: RouterFacts
  readonly capabilities: EngineCapabilities
  readonly synced: readonly SyncedPort[]
  /** The synced Listeners there are. */
  readonly syncedBefore: readonly Listener[]
  /** The host of a synced Listener for an address. */
  readonly listenerHost: (address: string) => string
  /** The router's port for each listener, where it is not the listener's own. */
  readonly portsOf?: PremisesView['portsOf']
}

/** The resources completed by what follows from them, and what the router is to be configured with. */
export interface DesiredConfig {
  readonly resources: SiteResources
  readonly synced: readonly Listener[]
  readonly entities: readonly EntityConfig[]
  readonly notes: readonly ConfigNote[]
}

/** What has been seen and done when statuses are written. */
export interface StatusFacts {
  readonly now: Date
  readonly siteId: string
  readonly namespace: string
  readonly version: string
  readonly place: PlaceStatus
  readonly router: RouterState
  readonly network: readonly SiteView[]
  readonly known: readonly RemoteSite[]
  /** True while other sites may not have been heard yet. */
  readonly isListening: boolean
  readonly tokenTrouble: Trouble | undefined
  readonly serverCredentials: GivenCredentials | undefined
  /** By the name of their credentials. */
  readonly linkCertificates: ReadonlyMap<string, LinkCertificate>
  readonly problems: readonly string[]
  /** What the router refused to take over, by entity name. */
  readonly refusals: ReadonlyMap<string, string>
}

/** Every kind that has a status. */
export type ResourceWithStatus = Exclude<Resource, Secret>

/** Resources → router configuration. Pure: same input, same output. */
export function desiredConfig(resources: SiteResources, facts: ConfigFacts): DesiredConfig {
  const synced = syncedListeners(facts.synced, {
    hostOf: facts.listenerHost,
    own: resources.listeners,
    before: facts.syncedBefore,
  })
  const listeners = anyListeners(resources, synced)
  const listenerPorts = facts.portsOf?.(listeners)
  const input = {
    site: resources.site,
    links: resources.links,
    listeners,
    connectors: resources.connectors,
    routerAccesses: resources.accesses,
    facts: { ...facts.router, ...(listenerPorts === undefined ? {} : { listenerPorts }) },
  }
  return {
    resources,
    synced,
    entities: routerConfig(input, facts.capabilities),
    notes: routerConfigNotes(input, facts.capabilities),
  }
}

/** The runtime copy of every resource, with its status, and the resources that only the controller makes. Pure. */
export function desiredResources(
  { resources, synced, notes }: DesiredConfig,
  facts: StatusFacts,
): ResourceWithStatus[] {
  const { site, surplus, accesses, links, listeners, multiKeyListeners, connectors } = resources
  // What the place says goes first: it says why, where the configuration may say what follows from it.
  const told = [...notes, ...facts.place.notes]
  const noteByResource = new Map(told.map((note) => [`${note.kind} ${note.name}`, note]))
  const noteOf = ({ kind, metadata }: Resource) => noteByResource.get(`${kind} ${metadata.name}`)
  const matched = matchedKeys(anyListeners(resources, synced), connectors, facts)
  const withAccess = accesses.map((access) =>
    accessWithStatus(access, { ...facts, reach: facts.place.reach, note: noteOf(access) }),
  )
  const remote = remoteSites(facts)
  return [
    siteWithStatus(site, {
      ...facts,
      accesses: withAccess,
      note: noteOf(site),
      sitesInNetwork: sitesInNetwork(remote),
    }),
    ...surplus.map((other) => surplusSite(other, site, facts.now)),
    ...withAccess,
    ...links.map((link) => linkWithStatus(link, { ...facts, note: noteOf(link) })),
    ...[...listeners, ...synced].map((listener) =>
      listenerWithStatus(listener, {
        ...facts,
        matched,
        note: noteOf(listener),
      }),
    ),
    ...multiKeyListeners.map((listener) =>
      multiKeyListenerWithStatus(listener, {
        ...facts,
        matched,
        note: noteOf(listener),
      }),
    ),
    ...connectors.map((connector) =>
      connectorWithStatus(connector, {
        ...facts,
        matched,
        note: noteOf(connector),
        pods: facts.place.pods.get(connector.metadata.name) ?? [],
      }),
    ),
    ...remote,
  ]
}

/** A Site that can be linked to has a RouterAccess: the one its linkAccess stands for, if nobody wrote another. */
export function withDefaultAccess(resources: SiteResources, defaultAccess: DefaultAccess): SiteResources {
  const { site, accesses } = resources
  const { linkAccess = '' } = site.spec
  const written = accesses.filter((access) => !isDefaultAccess(access))
  const isClosed = linkAccess === '' || linkAccess === 'none' || site.spec.edge === true
  if (isClosed || written.length > 0) return { ...resources, accesses: written }
  const made: RouterAccess = {
    apiVersion: API_VERSION,
    kind: 'RouterAccess',
    metadata: { name: DEFAULT_ACCESS, annotations: { [CONTROLLED_ANNOTATION]: 'true' } },
    spec: { tlsCredentials: SITE_SERVER, ...defaultAccess(site) },
  }
  // Its status, uid and age are those of the one that was made before.
  const before = accesses.find(isDefaultAccess)
  return { ...resources, accesses: [{ ...before, ...made, metadata: { ...before?.metadata, ...made.metadata } }] }
}

/** Whether the controller made this RouterAccess itself. */
export function isDefaultAccess({ metadata }: RouterAccess): boolean {
  return metadata.annotations?.[CONTROLLED_ANNOTATION] === 'true'
}

/** The routing keys that other sites serve which can be reached now. */
export function servedElsewhere(facts: Pick<StatusFacts, 'network' | 'router' | 'siteId'>): ReadonlySet<string> {
  const served = othersServices(facts).filter(({ connectors }) => connectors > 0)
  return new Set(served.map(({ routingKey }) => routingKey))
}

/** Who serves and who listens for what: this site by its resources, the others by their telemetry. */
function matchedKeys(
  listeners: readonly AnyListener[],
  connectors: readonly Connector[],
  facts: StatusFacts,
): MatchedKeys {
  const wanted = othersServices(facts).filter((service) => service.listeners > 0)
  return {
    withConnector: new Set([...connectors.map(({ spec }) => spec.routingKey), ...servedElsewhere(facts)]),
    withListener: new Set([...listeners.flatMap(routingKeysOf), ...wanted.map(({ routingKey }) => routingKey)]),
  }
}

function othersServices({ network, router, siteId }: Pick<StatusFacts, 'network' | 'router' | 'siteId'>) {
  const reachable = reachableSites(network, router)
  return network.filter(({ id }) => id !== siteId && reachable.has(id)).flatMap(({ services }) => services)
}
