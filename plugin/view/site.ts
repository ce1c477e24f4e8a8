import { CERTIFICATE_CONDITION, type Link } from '../../core/model/link.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'
import type { Site } from '../../core/model/site.ts'
import { isTrue, type Condition } from '../../core/model/condition.ts'
import type { GivenCredentials } from '../../core/model/credentials.ts'
import { endOf, livesOf } from '../../core/pki/expiry.ts'

export interface SiteSources {
  namespace: string
  site: Site
  links: readonly Link[]
  remoteSites: readonly RemoteSite[]
  /** How many addresses are exposed here. */
  services: number
  /** What the router shows to others that link to this site, where that can be read. */
  serverCredentials?: GivenCredentials | undefined
}

/** What `status` says of a site. Sites are counted without the own one. */
export interface SiteView {
  namespace: string
  name: string
  id: string | undefined
  mode: 'interior' | 'edge'
  ready: boolean
  /** What is missing where the site is not ready. */
  message: string | undefined
  sites: { total: number; direct: number; indirect: number }
  services: number
  /** Until when other sites can link to this one by what they trust (RFC 3339), where they can at all. */
  certificates: CertificateEnds | undefined
  /** What is overdue with them. */
  warning: string | undefined
}

interface CertificateEnds {
  /** Of the certificate that the router shows. */
  server: string
  /** Of the authorities that are trusted, the one that signs for other sites now first. */
  authorities: string[]
}

export function siteView({ namespace, site, links, remoteSites, services, serverCredentials }: SiteSources): SiteView {
  const reachable = remoteSites.filter(({ status }) => status?.reachable !== false)
  const dialled = new Set(links.filter(({ status }) => isTrue(status, 'Operational')).map(remoteSiteIdOf))
  const direct = reachable.filter(({ metadata, status }) => {
    return status?.linkedIn === true || dialled.has(status?.siteId ?? metadata.name)
  }).length
  const ready = isTrue(site.status, 'Ready')
  return {
    namespace,
    name: site.metadata.name,
    id: site.metadata.uid,
    mode: site.spec.edge === true ? 'edge' : 'interior',
    ready,
    message: ready ? undefined : site.status?.message,
    sites: { total: reachable.length, direct, indirect: reachable.length - direct },
    services,
    certificates: serverCredentials && endsOf(serverCredentials),
    warning: site.status?.conditions?.find(isOverdue)?.message,
  }
}

function endsOf(credentials: GivenCredentials): CertificateEnds | undefined {
  const lives = livesOf(credentials)
  return lives && { server: endOf(lives.certificate), authorities: lives.authorities.map(endOf) }
}

const isOverdue = ({ type, status }: Condition): boolean => type === CERTIFICATE_CONDITION && status === 'False'

const remoteSiteIdOf = ({ status }: Link): string | undefined => status?.remoteSiteId

/** The lines of `status`, as the guide has them; one on exposed services only where there are any. */
export function siteLines({ namespace, mode, ready, message, sites, services }: SiteView): string[] {
  return [
    `Skupper is enabled for namespace "${namespace}" in ${mode} mode.`,
    ...(ready ? [] : [`Status pending: ${message ?? 'the controller has not reported yet'}.`]),
    connectedTo(sites),
    ...(services === 0 ? [] : [`It has ${String(services)} exposed service${services === 1 ? '' : 's'}.`]),
  ]
}

function connectedTo({ total, indirect }: SiteView['sites']): string {
  const sites = `It is connected to ${String(total)} other site${total === 1 ? '' : 's'}`
  return indirect === 0 ? `${sites}.` : `${sites} (${String(indirect)} indirectly).`
}
