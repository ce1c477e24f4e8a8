import { TARGET_ANNOTATION } from '../../core/model/annotation-names.ts'
import { parseRoutingKey } from '../../core/model/address.ts'
import type { Connector } from '../../core/model/connector.ts'
import type { Link } from '../../core/model/link.ts'
import { routingKeysOf, type AnyListener } from '../../core/model/multi-key-listener.ts'
import type { RouterAccess } from '../../core/model/router-access.ts'
import {
  mayDo,
  type ClusterPolicies,
  type PolicyNamespace,
  type PolicyQuestion,
} from '../../core/model/policy/cluster-policy.ts'
import type { Resource } from '../../core/model/resource.ts'
import { note, type ConfigNote } from '../../router/config/rendered.ts'
import type { SiteResources } from '../site/site-resources.ts'

/** The policies of Skupper v1 as they stand for the namespace of a site. */
export interface SitePolicies {
  readonly rules: ClusterPolicies
  readonly namespace: PolicyNamespace
}

/** A cluster, or a machine, without such policies. */
export const UNRESTRICTED: SitePolicies = { rules: { state: 'absent' }, namespace: { name: '', labels: {} } }

/** What is left of resources, and a note for each that is not. */
export interface Permitted<T> {
  readonly resources: T
  readonly notes: readonly ConfigNote[]
}

/**
 * The resources that policies permit. Those that they deny are as if they were not there, each with a note in Skupper
 * v1's words; they are back as soon as a policy allows them. Pure.
 */
export function permittedResources(resources: SiteResources, policies: SitePolicies): Permitted<SiteResources> {
  if (policies.rules.state === 'absent') return { resources, notes: [] }
  const accesses = part(resources.accesses, (access) => permittedAccess(access, policies))
  const links = part(resources.links, (link) => permittedLink(link, policies))
  const listeners = part(resources.listeners, (listener) => whole(listener, servicesOf(listener), policies))
  const several = part(resources.multiKeyListeners, (listener) => whole(listener, servicesOf(listener), policies))
  const connectors = part(resources.connectors, (connector) => {
    return whole(connector, [resourceOf(connector), serviceQuestion(connector.spec.routingKey)], policies)
  })
  return {
    resources: {
      ...resources,
      accesses: accesses.resources,
      links: links.resources,
      listeners: listeners.resources,
      multiKeyListeners: several.resources,
      connectors: connectors.resources,
    },
    notes: [accesses, links, listeners, several, connectors].flatMap(({ notes }) => notes),
  }
}

/** Whether a service of that routing key may be there, for what other sites offer. */
export function isServicePermitted(routingKey: string, { rules, namespace }: SitePolicies): boolean {
  return mayDo(serviceQuestion(routingKey), namespace, rules).allowed
}

/** The resource or what is left of it, or why there is nothing. */
type Outcome<R> = { readonly kept: R } | { readonly denied: string }

function part<R extends Resource>(all: readonly R[], decide: (resource: R) => Outcome<R>): Permitted<R[]> {
  const outcomes = all.map((resource) => ({ resource, outcome: decide(resource) }))
  return {
    resources: outcomes.flatMap(({ outcome }) => ('kept' in outcome ? [outcome.kept] : [])),
    notes: outcomes.flatMap(({ resource, outcome }) =>
      'denied' in outcome ? [note(resource, 'Error', outcome.denied)] : [],
    ),
  }
}

function whole<R>(resource: R, questions: readonly PolicyQuestion[], { rules, namespace }: SitePolicies): Outcome<R> {
  const refusal = questions.map((question) => mayDo(question, namespace, rules)).find(({ allowed }) => !allowed)
  return refusal === undefined ? { kept: resource } : { denied: refusal.reason }
}

/** Roles that take links go; one for clients within the site stays. */
function permittedAccess(access: RouterAccess, policies: SitePolicies): Outcome<RouterAccess> {
  const outcome = whole(access, [{ about: 'incoming-links' }], policies)
  const roles = access.spec.roles.filter(({ name }) => name === 'normal')
  if ('kept' in outcome || roles.length === 0) return outcome
  return { kept: { ...access, spec: { ...access.spec, roles } } }
}

/** A link stays with those of its endpoints that are allowed. */
function permittedLink(link: Link, policies: SitePolicies): Outcome<Link> {
  const answers = link.spec.endpoints.map((endpoint) => ({
    endpoint,
    outcome: whole(endpoint, [{ about: 'outgoing-link', host: endpoint.host }], policies),
  }))
  const endpoints = answers.flatMap(({ endpoint, outcome }) => ('kept' in outcome ? [endpoint] : []))
  const denied = answers.find(({ outcome }) => 'denied' in outcome)?.outcome
  if (endpoints.length > 0 || denied === undefined || !('denied' in denied)) {
    return { kept: { ...link, spec: { ...link.spec, endpoints } } }
  }
  return { denied: denied.denied }
}

function servicesOf(listener: AnyListener): PolicyQuestion[] {
  return routingKeysOf(listener).map(serviceQuestion)
}

function serviceQuestion(routingKey: string): PolicyQuestion {
  return { about: 'service', address: parseRoutingKey(routingKey)?.address ?? routingKey }
}

/** What a Connector exposes, as far as it tells; one written by hand is a resource of its own. */
function resourceOf({ metadata, spec }: Connector): PolicyQuestion {
  const told = metadata.annotations?.[TARGET_ANNOTATION]
  const [type, name] = (told ?? '').split('/')
  if (type !== undefined && name !== undefined) return { about: 'exposed-resource', type, name }
  const [fallback, own] = spec.host === undefined ? ['connector', metadata.name] : ['host', spec.host]
  return { about: 'exposed-resource', type: fallback, name: own }
}
