import type { KubeObject } from '../../core/kube/kube-object.ts'
import type { EndpointSlice, Pod, Service } from '../../core/kube/library-objects.ts'
import { SITE_CONTROLLER } from '../../core/kube/site-rbac.ts'
import type { AnyListener } from '../../core/model/multi-key-listener.ts'
import type { RouterAccess } from '../../core/model/router-access.ts'
import type { ConfigNote } from '../../router/config/rendered.ts'
import type { PremisesView, Reach, TokenAddress } from '../site/premises.ts'
import type { SiteIdentity } from '../site/site-identity.ts'
import type { SiteResources } from '../site/site-resources.ts'
import { HEALTH_PORT, MANAGEMENT_PORT, TOKEN_PORT, type ListenerPorts } from './cluster-ports.ts'
import { connectorPods } from './connector-pods.ts'
import { peerService } from './group-entities.ts'
import { parseSelector } from './label-selector.ts'
import { keyOf } from './object-plan.ts'
import { wayInReach, type WayInReach } from './reach.ts'
import { routerGroups } from './router-groups.ts'
import { serviceTargets } from './service-targets.ts'
import type { Owner } from './site-labels.ts'
import { LOCAL_SERVICE } from './site-objects.ts'
import { ACCESS_TYPES, waysIn, type WayIn } from './ways-in.ts'

/** Routers of one Deployment differ by their pods, as in Skupper v2: each puts its host name here when it starts. */
const HOST_NAME = '${HOSTNAME}'
const ALL_HOSTS = '0.0.0.0'

export interface ClusterFacts {
  readonly owner: Owner
  readonly identity: SiteIdentity
  readonly pods: readonly Pod[]
  readonly services: readonly Service[]
  readonly slices: readonly EndpointSlice[]
  readonly objects: readonly KubeObject[]
  readonly notes: readonly ConfigNote[]
  /** What could not be done, by `Kind name` of the object. */
  readonly failures: ReadonlyMap<string, string>
  readonly portsOf: (listeners: readonly AnyListener[]) => ListenerPorts
}

/** What rendering and statuses need to know of a namespace. Pure. */
export function clusterView(resources: SiteResources, facts: ClusterFacts): PremisesView {
  const { owner, pods, identity } = facts
  const { site, accesses, connectors } = resources
  const objects = new Map(facts.objects.map((object) => [keyOf(object), object]))
  const lookup = (kind: string, name: string): KubeObject | undefined => objects.get(`${kind} ${name}`)
  const ways = waysIn(site, accesses).map((way) => ({ way, reach: wayInReach(way, owner, lookup) }))
  const waysOf = ({ metadata }: RouterAccess): WayWithReach[] =>
    ways.filter(({ way }) => way.access.metadata.name === metadata.name)
  const targets = new Map([
    ...connectorPods(connectors, pods),
    ...serviceTargets(connectors, { ...facts, namespace: owner.namespace }),
  ])
  return {
    router: {
      routerId: `${identity.name}-${HOST_NAME}`,
      listenHost: '',
      management: { host: '', port: MANAGEMENT_PORT },
      health: { host: '', port: HEALTH_PORT },
      pods: targets,
    },
    hosts: {
      local: localHosts(resources, owner),
      outside: (access) => outsideHosts(access, waysOf(access), owner),
    },
    tokens: tokenAddress(ways.map(({ reach }) => reach)),
    status: {
      controllerName: SITE_CONTROLLER,
      linkAccess: ACCESS_TYPES,
      reach: (access) => together(waysOf(access)),
      pods: targets,
      notes: [...selectorNotes(resources), ...facts.notes, ...failureNotes(resources, facts)],
    },
    listenerHost: (address) => address,
    portsOf: facts.portsOf,
  }
}

interface WayWithReach {
  readonly way: WayIn
  readonly reach: WayInReach
}

/** Under these names the controller dials routers, and routers each other. */
function localHosts({ site }: SiteResources, { namespace }: Owner): string[] {
  const peers = routerGroups(site).map((_group, index) => peerService(index))
  return [LOCAL_SERVICE, ...(peers.length > 1 ? peers : [])].flatMap((name) => clusterNames(name, namespace))
}

/** Undefined as long as no way in is known from outside. */
function outsideHosts(
  { spec }: RouterAccess,
  ways: readonly WayWithReach[],
  { namespace }: Owner,
): string[] | undefined {
  const known = ways.filter(({ reach }) => reach.trouble === undefined)
  if (known.length === 0) return undefined
  return [
    ...(spec.subjectAlternativeNames ?? []),
    ...known.flatMap(({ way, reach }) => [
      ...reach.endpoints.map(({ host }) => host),
      ...(reach.tokens === undefined ? [] : [reach.tokens.host]),
      ...clusterNames(way.service, namespace),
    ]),
  ]
}

function clusterNames(service: string, namespace: string): string[] {
  return [
    service,
    `${service}.${namespace}`,
    `${service}.${namespace}.svc`,
    `${service}.${namespace}.svc.cluster.local`,
  ]
}

function together(ways: readonly WayWithReach[]): Reach {
  return {
    endpoints: ways.flatMap(({ reach }) => reach.endpoints),
    trouble: ways.map(({ reach }) => reach.trouble).find((trouble) => trouble !== undefined),
  }
}

function tokenAddress(reaches: readonly WayInReach[]): TokenAddress | undefined {
  const advertised = reaches.map(({ tokens }) => tokens).find((tokens) => tokens !== undefined)
  return advertised && { host: ALL_HOSTS, port: TOKEN_PORT, advertised }
}

function selectorNotes({ connectors }: SiteResources): ConfigNote[] {
  return connectors.flatMap(({ kind, metadata, spec }) => {
    if (spec.selector === undefined || parseSelector(spec.selector) !== undefined) return []
    const message = `selector is "${spec.selector}"; wanted a label selector such as "app=backend"`
    return [{ kind, name: metadata.name, reason: 'Error' as const, message }]
  })
}

/** A Service that cannot be made is the trouble of its Listeners, anything else that of the Site. */
function failureNotes({ site, listeners, multiKeyListeners }: SiteResources, { failures }: ClusterFacts): ConfigNote[] {
  return [...failures].flatMap(([key, message]): ConfigNote[] => {
    const concerned = [...listeners, ...multiKeyListeners].filter(({ spec }) => key === `Service ${spec.host}`)
    const resources = concerned.length > 0 ? concerned : [site]
    return resources.map(({ kind, metadata }) => ({ kind, name: metadata.name, reason: 'Error', message }))
  })
}
