import { CERTIFICATE_CONDITION, CONNECTIONS_CONDITION, type Link } from '../../core/model/link.ts'
import type { ConfigNote } from '../../router/config/rendered.ts'
import type { SiteView } from '../network/network-view.ts'
import type { ConnectorState, RouterState } from '../router/router-state.ts'
import type { LinkCertificate } from '../tokens/link-renewals.ts'
import { error, pending, withStatements, type Statement, type Trouble } from './statements.ts'

const REQUIRED = ['Configured', 'Operational']
/** Whoever has to make a link anew by hand gets this long. */
const WARN_BEFORE_MS = 30 * 24 * 3_600_000

export interface LinkFacts {
  readonly router: RouterState
  readonly network: readonly SiteView[]
  /** What the configuration has to say of this link. */
  readonly note: ConfigNote | undefined
  /** By the name of the credentials. */
  readonly linkCertificates: ReadonlyMap<string, LinkCertificate>
  readonly now: Date
}

/** The link with its status: whether it is up, where it leads, and if it is down the router's own reason. */
export function linkWithStatus(link: Link, facts: LinkFacts): Link {
  const { name, generation } = link.metadata
  const configured = configurationTrouble(facts.note)
  const certificate = facts.linkCertificates.get(link.spec.tlsCredentials ?? '')
  const connector = facts.router.connectors.get(name)
  const statements = [
    { type: 'Configured', trouble: configured, remark: facts.note?.message },
    { type: 'Operational', trouble: configured ?? operationTrouble(facts.router, name, certificate?.failure) },
    ...connectionStatements(connector),
    ...certificateStatements(certificate, facts.now),
  ]
  const far = connector?.isUp === true ? farSite(link, facts) : undefined
  const status = { ...(connector?.connections === undefined ? withoutCount(link.status) : link.status), ...far }
  return { ...link, status: withStatements(status, statements, { required: REQUIRED, now: facts.now, generation }) }
}

/** A site that had several routers may have one now. */
function withoutCount(status: Link['status']): Link['status'] {
  const conditions = status?.conditions?.filter(({ type }) => type !== CONNECTIONS_CONDITION)
  return status && { ...status, ...(conditions === undefined ? {} : { conditions }) }
}

function connectionStatements(connector: ConnectorState | undefined): Statement[] {
  if (connector?.connections === undefined) return []
  const { up, total } = connector.connections
  const count = `${String(up)} of ${String(total)} connections`
  return [{ type: CONNECTIONS_CONDITION, trouble: up < total ? pending(count) : undefined, remark: count }]
}

function certificateStatements(certificate: LinkCertificate | undefined, now: Date): Statement[] {
  if (certificate === undefined) return []
  const { lifetime, obstacle } = certificate
  const end = new Date(lifetime.notAfter).toISOString()
  const isNear = lifetime.notAfter - now.getTime() < WARN_BEFORE_MS
  const ends = lifetime.notAfter > now.getTime() ? `ends at ${end}` : `ended at ${end}`
  const trouble =
    obstacle !== undefined && isNear ? error(`The certificate ${ends} and is not renewed: ${obstacle}`) : undefined
  return [{ type: CERTIFICATE_CONDITION, trouble, remark: `The certificate ${ends}` }]
}

/** A note that is only a remark is no trouble. */
export function configurationTrouble(note: ConfigNote | undefined): Trouble | undefined {
  if (note === undefined || note.reason === 'Ready') return undefined
  return note.reason === 'Pending' ? pending(note.message) : error(note.message)
}

function operationTrouble(router: RouterState, name: string, failure: string | undefined): Trouble | undefined {
  const connector = router.connectors.get(name)
  if (!router.isRunning) return pending('The router is not running')
  if (connector === undefined) return pending('The router is being configured')
  if (connector.isUp) return undefined
  const message = connector.message === '' ? 'Not operational' : connector.message
  return pending(failure === undefined ? message : `${message}; ${failure}`)
}

/** The site at the far end. It may be known by its router before it is known by its telemetry. */
function farSite(link: Link, { router, network }: LinkFacts): Link['status'] {
  const endpoints = new Set(link.spec.endpoints.map(({ host, port }) => `${host}:${port}`))
  const neighbour = router.neighbours.find(({ direction, host }) => direction === 'out' && endpoints.has(host))
  const site = network.find(({ routers }) => routers.some(({ id }) => id === neighbour?.routerId))
  return site === undefined ? {} : { remoteSiteId: site.id, remoteSiteName: site.name }
}
