import { parseRoutingKey } from '../address.ts'
import { TARGET_ANNOTATION } from '../annotation-names.ts'
import type { Connector } from '../connector.ts'
import type { Link } from '../link.ts'
import { routingKeysOf } from '../multi-key-listener.ts'
import type { Resource } from '../resource.ts'
import { mayDo, type ClusterPolicies, type PolicyNamespace, type PolicyQuestion } from './cluster-policy.ts'

/** The policies of Skupper v1 as they stand for the namespace of a site. */
export interface SitePolicies {
  readonly rules: ClusterPolicies
  readonly namespace: PolicyNamespace
}

/** A cluster, or a machine, without such policies. */
export const UNRESTRICTED: SitePolicies = { rules: { state: 'absent' }, namespace: { name: '', labels: {} } }

/**
 * Why policies deny a resource, in Skupper v1's words; undefined where they permit it, or have nothing to do with its
 * kind. A Link is permitted with one endpoint that is; everything else needs the answer yes to each question. Pure.
 */
export function refusalOf(resource: Resource, policies: SitePolicies): string | undefined {
  const refusals = questionsAbout(resource).map((question) => refusal(question, policies))
  if (resource.kind === 'Link' && refusals.includes(undefined)) return undefined
  return refusals.find((reason) => reason !== undefined)
}

/** Why policies deny something; undefined where they permit it. */
export function refusal(question: PolicyQuestion, { rules, namespace }: SitePolicies): string | undefined {
  const { allowed, reason } = mayDo(question, namespace, rules)
  return allowed ? undefined : reason
}

/** What is asked about the service of a routing key. */
export function serviceQuestion(routingKey: string): PolicyQuestion {
  return { about: 'service', address: parseRoutingKey(routingKey)?.address ?? routingKey }
}

/** What is asked about an endpoint of a Link. */
export function endpointQuestion({ host }: Link['spec']['endpoints'][number]): PolicyQuestion {
  return { about: 'outgoing-link', host }
}

function questionsAbout(resource: Resource): PolicyQuestion[] {
  if (resource.kind === 'AccessGrant') return [{ about: 'incoming-links' }]
  if (resource.kind === 'AccessToken') return [{ about: 'outgoing-link', host: hostOf(resource.spec.url) }]
  if (resource.kind === 'Link') return resource.spec.endpoints.map(endpointQuestion)
  if (resource.kind === 'Listener' || resource.kind === 'MultiKeyListener') {
    return routingKeysOf(resource).map(serviceQuestion)
  }
  if (resource.kind === 'Connector') return [resourceQuestion(resource), serviceQuestion(resource.spec.routingKey)]
  return []
}

/** What a Connector exposes, as far as it tells; one written by hand is a resource of its own. */
function resourceQuestion({ metadata, spec }: Connector): PolicyQuestion {
  const told = metadata.annotations?.[TARGET_ANNOTATION]
  const [type, name] = (told ?? '').split('/')
  if (type !== undefined && name !== undefined) return { about: 'exposed-resource', type, name }
  const [fallback, own] = spec.host === undefined ? ['connector', metadata.name] : ['host', spec.host]
  return { about: 'exposed-resource', type: fallback, name: own }
}

/** The host of a token's URL, an IPv6 address without its brackets. */
function hostOf(url: string): string {
  return URL.parse(url)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? ''
}
