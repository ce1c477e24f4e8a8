import type { Link } from '../../core/model/link.ts'
import type { Resource } from '../../core/model/resource.ts'
import type { RouterAccess } from '../../core/model/router-access.ts'
import {
  endpointQuestion,
  refusal,
  refusalOf,
  serviceQuestion,
  type SitePolicies,
} from '../../core/model/policy/resource-refusal.ts'
import { note, type ConfigNote } from '../../router/config/rendered.ts'
import type { SiteResources } from '../site/site-resources.ts'

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
  const listeners = part(resources.listeners, (listener) => whole(listener, policies))
  const several = part(resources.multiKeyListeners, (listener) => whole(listener, policies))
  const connectors = part(resources.connectors, (connector) => whole(connector, policies))
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
export function isServicePermitted(routingKey: string, policies: SitePolicies): boolean {
  return refusal(serviceQuestion(routingKey), policies) === undefined
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

function whole<R extends Resource>(resource: R, policies: SitePolicies): Outcome<R> {
  const denied = refusalOf(resource, policies)
  return denied === undefined ? { kept: resource } : { denied }
}

/** Roles that take links go; one for clients within the site stays. */
function permittedAccess(access: RouterAccess, policies: SitePolicies): Outcome<RouterAccess> {
  const denied = refusal({ about: 'incoming-links' }, policies)
  if (denied === undefined) return { kept: access }
  const roles = access.spec.roles.filter(({ name }) => name === 'normal')
  return roles.length === 0 ? { denied } : { kept: { ...access, spec: { ...access.spec, roles } } }
}

/** A link stays with those of its endpoints that are allowed. */
function permittedLink(link: Link, policies: SitePolicies): Outcome<Link> {
  const endpoints = link.spec.endpoints.filter((each) => refusal(endpointQuestion(each), policies) === undefined)
  const denied = refusalOf(link, policies)
  return denied === undefined ? { kept: { ...link, spec: { ...link.spec, endpoints } } } : { denied }
}
