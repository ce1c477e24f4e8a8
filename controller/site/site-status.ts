import type { RouterAccess } from '../../core/model/router-access.ts'
import { DEFAULT_ROLE_PORTS } from '../../core/model/router-access.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Endpoint, Site } from '../../core/model/site.ts'
import type { ConfigNote } from '../../router/config/rendered.ts'
import { configurationTrouble } from './link-status.ts'
import type { RouterState } from '../router/router-state.ts'
import { error, pending, withStatements, type Statement, type Trouble } from './statements.ts'

/** What v2 calls the CA that signs a site's certificates. */
const DEFAULT_ISSUER = 'skupper-site-ca'
const CONTROLLER_NAME = 'skupper-controller'
/** On a machine there is one way in: the router's own listener. */
const LINK_ACCESS = ['', 'none', 'default']
const WILDCARDS = ['0.0.0.0', '::', '']
const MAX_PROBLEMS_SHOWN = 3

export interface AccessFacts {
  readonly site: Site
  readonly router: RouterState
  readonly note: ConfigNote | undefined
  /** What the router refused to take over, by entity name. */
  readonly refusals: ReadonlyMap<string, string>
  /** An address of this machine that others may reach, for a site that listens on all. */
  readonly outsideHost: string
  readonly now: Date
}

export interface SiteFacts {
  readonly router: RouterState
  /** With their statuses. */
  readonly accesses: readonly RouterAccess[]
  readonly note: ConfigNote | undefined
  /** Why tokens cannot be issued, if they cannot. */
  readonly tokenTrouble: Trouble | undefined
  /** Files that are no resources, in words. */
  readonly problems: readonly string[]
  readonly sitesInNetwork: number
  readonly namespace: string
  readonly version: string
  readonly now: Date
}

/** The RouterAccess with its status: where its roles can be dialled, once the router listens there. */
export function accessWithStatus(access: RouterAccess, facts: AccessFacts): RouterAccess {
  const { generation } = access.metadata
  const configured = configurationTrouble(facts.note)
  const resolved = configured ?? listeningTrouble(access, facts)
  const statements = [
    { type: 'Configured', trouble: configured },
    { type: 'Resolved', trouble: resolved },
  ]
  const endpoints = configured === undefined ? endpointsOf(access, facts) : []
  const status = { ...access.status, endpoints }
  const required = ['Configured', 'Resolved']
  return { ...access, status: withStatements(status, statements, { required, now: facts.now, generation }) }
}

/** The site's status. Ready says that the router runs and, where the site can be linked to, that tokens can be issued. */
export function siteWithStatus(site: Site, facts: SiteFacts): Site {
  const { generation } = site.metadata
  const isLinkable = facts.accesses.length > 0
  const statements: Statement[] = [
    {
      type: 'Configured',
      trouble: configurationTrouble(facts.note) ?? accessTrouble(site),
      remark: facts.note?.message,
    },
    { type: 'Running', trouble: runningTrouble(facts.router) },
    ...(isLinkable ? [{ type: 'Resolved', trouble: resolvedTrouble(facts) }] : []),
    { type: 'ResourcesValid', trouble: problemsTrouble(facts.problems) },
  ]
  const status = {
    ...site.status,
    defaultIssuer: site.spec.defaultIssuer ?? DEFAULT_ISSUER,
    controller: { name: CONTROLLER_NAME, namespace: facts.namespace, version: facts.version },
    endpoints: facts.accesses.flatMap((access) => access.status?.endpoints ?? []),
    sitesInNetwork: facts.sitesInNetwork,
  }
  const required = ['Configured', 'Running', ...(isLinkable ? ['Resolved'] : [])]
  return { ...site, status: withStatements(status, statements, { required, now: facts.now, generation }) }
}

/** A namespace has one site: another one is told so and does nothing, as in Skupper v2. */
export function surplusSite(site: Site, active: Site, now: Date): Site {
  const message = `An active site already exists in the namespace (${active.metadata.name})`
  const statements = [{ type: 'Configured', trouble: error(message) }]
  const { generation } = site.metadata
  const status = withStatements({ ...site.status }, statements, { required: ['Configured'], now, generation })
  return { ...site, status }
}

/** The host that others dial: one that the access names, else the site's link-host, else an address of the machine. */
export function advertisedHost({ spec }: RouterAccess, site: Site, outsideHost: string): string {
  const candidates = [...(spec.subjectAlternativeNames ?? []), settingOf(site, 'link-host')]
  return candidates.find((host) => !WILDCARDS.includes(host)) ?? outsideHost
}

function endpointsOf(access: RouterAccess, { site, outsideHost }: AccessFacts): Endpoint[] {
  const host = advertisedHost(access, site, outsideHost)
  const group = access.metadata.name
  return access.spec.roles.map(({ name, port }) => ({
    name,
    host,
    port: String(port ?? DEFAULT_ROLE_PORTS[name]),
    group,
  }))
}

/** A router has such a listener only once it could bind its port; else it refuses, and is asked again. */
function listeningTrouble({ metadata, spec }: RouterAccess, { router, refusals }: AccessFacts): Trouble | undefined {
  if (!router.isRunning) return pending('The router is not running')
  for (const { name } of spec.roles) {
    const entity = `${metadata.name}-${name}`
    const refusal = refusals.get(entity)
    if (refusal !== undefined) return error(refusal)
    if (!router.listeners.has(entity)) return pending('The router is being configured')
  }
  return undefined
}

function accessTrouble({ spec }: Site): Trouble | undefined {
  const { linkAccess = '' } = spec
  if (LINK_ACCESS.includes(linkAccess)) return undefined
  return error(`Unsupported value for LinkAccess: "${linkAccess}"; wanted "default" or "none"`)
}

function runningTrouble({ isRunning, trouble }: RouterState): Trouble | undefined {
  return isRunning ? undefined : pending(trouble ?? 'The router is starting')
}

function resolvedTrouble({ accesses, tokenTrouble }: SiteFacts): Trouble | undefined {
  const unresolved = accesses.find(({ status }) => status?.status !== 'Ready')
  if (unresolved === undefined) return tokenTrouble
  const { status, message = 'Not Resolved' } = unresolved.status ?? {}
  return status === 'Error' ? error(message) : pending(message)
}

function problemsTrouble(problems: readonly string[]): Trouble | undefined {
  if (problems.length === 0) return undefined
  const more = problems.length - MAX_PROBLEMS_SHOWN
  return error([...problems.slice(0, MAX_PROBLEMS_SHOWN), ...(more > 0 ? [`and ${String(more)} more`] : [])].join('; '))
}
