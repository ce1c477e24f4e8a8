import { ACCESS_TOKEN_ANNOTATION } from '../../core/model/annotation-names.ts'
import { isTrue } from '../../core/model/condition.ts'
import type { AccessToken } from '../../core/model/access-token.ts'
import { CERTIFICATE_CONDITION, CONNECTIONS_CONDITION, type Link } from '../../core/model/link.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'

export interface LinkSources {
  links: readonly Link[]
  tokens: readonly AccessToken[]
  remoteSites: readonly RemoteSite[]
  /** Until when the certificates of links last (RFC 3339), by the name of their credentials, as far as known. */
  expiries?: ReadonlyMap<string, string>
}

/** A link that this site dials. `reason` says why it is not connected, where that is known. */
export interface OutgoingLink {
  name: string
  connected: boolean
  reason: string | undefined
  /** Since when it is not connected (RFC 3339). */
  since?: string | undefined
  cost: number
  created: string | undefined
  /** Until when its certificate lasts (RFC 3339). */
  expires?: string | undefined
  /** What somebody has to do soon. */
  warning?: string | undefined
  endpoint?: string | undefined
  remoteSite?: string | undefined
  remoteSiteId?: string | undefined
  /** Between the routers of both sites, where there are several. */
  connections?: ConnectionCount | undefined
}

interface ConnectionCount {
  up: number
  total: number
}

/** A site whose own link to this one is up. */
export interface IncomingLink {
  site: string
  siteId: string
  connected: true
}

/** The links this site dials, sorted by name. A token that was not redeemed yet is a link that is not connected. */
export function outgoingLinks({ links, tokens, expiries = new Map() }: LinkSources): OutgoingLink[] {
  const groups = Map.groupBy(links, (link) => nameOf(link, tokens))
  const pending = tokens.filter(({ metadata }) => !groups.has(metadata.name))
  const made = [...groups].map(([name, members]) => {
    return together(
      name,
      members.map((link) => ofLink(link, expiries.get(link.spec.tlsCredentials ?? ''))),
    )
  })
  return [...made, ...pending.map(ofToken)].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A token for a site with several routers makes a Link for each of them: together they are the link of its name. */
function nameOf({ metadata }: Link, tokens: readonly AccessToken[]): string {
  const uid = metadata.annotations?.[ACCESS_TOKEN_ANNOTATION]
  const token = uid === undefined ? undefined : tokens.find((each) => each.metadata.uid === uid)
  return token?.metadata.name ?? metadata.name
}

/** Connected where one of them is. */
function together(name: string, members: readonly OutgoingLink[]): OutgoingLink {
  const shown = members.find(({ connected }) => connected) ?? members[0]
  const counts = members.map(({ connected, connections }) => connections ?? { up: connected ? 1 : 0, total: 1 })
  const connections = {
    up: counts.reduce((sum, { up }) => sum + up, 0),
    total: counts.reduce((sum, { total }) => sum + total, 0),
  }
  return { ...(shown ?? NONE), name, ...(connections.total > 1 ? { connections } : {}) }
}

/** What the controller counted, in the words of the condition. */
function connectionsOf(status: Link['status']): ConnectionCount | undefined {
  const message = status?.conditions?.find(({ type }) => type === CONNECTIONS_CONDITION)?.message ?? ''
  const [, up, total] = /^(\d+) of (\d+) connections$/.exec(message) ?? []
  return up === undefined || total === undefined ? undefined : { up: Number(up), total: Number(total) }
}

const NONE = { connected: false, reason: undefined, cost: 1, created: undefined }

function ofLink({ metadata, spec, status }: Link, expires: string | undefined): OutgoingLink {
  const connected = isTrue(status, 'Operational')
  const endpoint = spec.endpoints.find(({ name }) => name === 'inter-router') ?? spec.endpoints[0]
  return {
    name: metadata.name,
    connected,
    reason: connected ? undefined : reasonOf(status),
    since: connected ? undefined : downSince(status),
    cost: spec.cost ?? 1,
    created: metadata.creationTimestamp,
    expires,
    warning: warningOf(status),
    connections: connectionsOf(status),
    endpoint: endpoint === undefined ? undefined : `${endpoint.host}:${endpoint.port}`,
    remoteSite: status?.remoteSiteName,
    remoteSiteId: status?.remoteSiteId,
  }
}

function downSince(status: Link['status']): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'Operational')?.lastTransitionTime
}

function warningOf(status: Link['status']): string | undefined {
  const condition = status?.conditions?.find(({ type }) => type === CERTIFICATE_CONDITION)
  return condition?.status === 'False' ? condition.message : undefined
}

function ofToken({ metadata, spec, status }: AccessToken): OutgoingLink {
  return {
    name: metadata.name,
    connected: false,
    reason: reasonOf(status) ?? 'The token is being redeemed',
    cost: spec.linkCost ?? 1,
    created: metadata.creationTimestamp,
  }
}

function reasonOf(status: { message?: string | undefined } | undefined): string | undefined {
  return status?.message === 'OK' ? undefined : status?.message?.replace(/\.$/, '')
}

/** The links from other sites that are up, sorted by site. */
export function incomingLinks({ remoteSites }: LinkSources): IncomingLink[] {
  return remoteSites
    .filter(({ status }) => status?.linkedIn === true)
    .map(({ metadata, status }) => ({
      site: status?.name ?? metadata.name,
      siteId: status?.siteId ?? metadata.name,
      connected: true as const,
    }))
    .sort((a, b) => (a.site < b.site ? -1 : 1))
}

/** The sentence of a link: `Link NAME is connected`, or why it is not. */
export function linkSentence({ name, connected, reason }: OutgoingLink): string {
  if (connected) return `Link ${name} is connected`
  return reason === undefined ? `Link ${name} not connected` : `Link ${name} not connected (${reason})`
}
