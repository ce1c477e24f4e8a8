import type { GivenCredentials } from '../../core/model/credentials.ts'
import { CERTIFICATE_CONDITION } from '../../core/model/link.ts'
import type { RouterAccess } from '../../core/model/router-access.ts'
import type { Site } from '../../core/model/site.ts'
import { SITE_ISSUER } from '../../core/model/link-issuer.ts'
import type { ConfigNote } from '../../router/config/rendered.ts'
import { configurationTrouble } from './link-status.ts'
import type { RouterState } from '../router/router-state.ts'
import type { PlaceStatus } from './premises.ts'
import { expiryStatements } from './site-expiry.ts'
import { error, pending, withStatements, type Statement, type Trouble } from './statements.ts'

const MAX_PROBLEMS_SHOWN = 3

export interface AccessFacts {
  readonly router: RouterState
  readonly note: ConfigNote | undefined
  /** What the router refused to take over, by entity name. */
  readonly refusals: ReadonlyMap<string, string>
  readonly reach: PlaceStatus['reach']
  readonly now: Date
}

export interface SiteFacts {
  readonly router: RouterState
  /** With their statuses. */
  readonly accesses: readonly RouterAccess[]
  readonly note: ConfigNote | undefined
  /** Why tokens cannot be issued, if they cannot. */
  readonly tokenTrouble: Trouble | undefined
  /** What is shown to other sites that link to this one, with what is trusted; undefined where there is nothing yet. */
  readonly serverCredentials: GivenCredentials | undefined
  /** Files that are no resources, in words. */
  readonly problems: readonly string[]
  readonly sitesInNetwork: number
  readonly place: Pick<PlaceStatus, 'controllerName' | 'linkAccess'>
  readonly namespace: string
  readonly version: string
  readonly now: Date
}

/** The RouterAccess with its status: where its roles can be dialled, once the router listens there. */
export function accessWithStatus(access: RouterAccess, facts: AccessFacts): RouterAccess {
  const { generation } = access.metadata
  const configured = configurationTrouble(facts.note)
  const { endpoints, trouble } = facts.reach(access)
  const resolved = configured ?? listeningTrouble(access, facts) ?? trouble
  const statements = [
    { type: 'Configured', trouble: configured },
    { type: 'Resolved', trouble: resolved },
  ]
  const status = { ...access.status, endpoints: configured === undefined ? [...endpoints] : [] }
  const required = ['Configured', 'Resolved']
  return { ...access, status: withStatements(status, statements, { required, now: facts.now, generation }) }
}

/** The site's status. Ready says that the router runs and, where the site can be linked to, that tokens can be issued. */
export function siteWithStatus(site: Site, facts: SiteFacts): Site {
  const { generation } = site.metadata
  const isLinkable = facts.accesses.length > 0
  const expiry = expiryStatements(facts.serverCredentials, facts.now)
  const statements: Statement[] = [
    {
      type: 'Configured',
      trouble: configurationTrouble(facts.note) ?? accessTrouble(site, facts.place),
      remark: facts.note?.message,
    },
    { type: 'Running', trouble: runningTrouble(facts.router) },
    ...(isLinkable ? [{ type: 'Resolved', trouble: resolvedTrouble(facts) }] : []),
    { type: 'ResourcesValid', trouble: problemsTrouble(facts.problems) },
    ...expiry,
  ]
  const status = {
    ...(expiry.length === 0 ? withoutExpiry(site.status) : site.status),
    defaultIssuer: site.spec.defaultIssuer ?? SITE_ISSUER,
    controller: { name: facts.place.controllerName, namespace: facts.namespace, version: facts.version },
    endpoints: facts.accesses.flatMap((access) => access.status?.endpoints ?? []),
    sitesInNetwork: facts.sitesInNetwork,
  }
  const required = ['Configured', 'Running', ...(isLinkable ? ['Resolved'] : [])]
  return { ...site, status: withStatements(status, statements, { required, now: facts.now, generation }) }
}

/** A site may accept links no more. */
function withoutExpiry(status: Site['status']): Site['status'] {
  const conditions = status?.conditions?.filter(({ type }) => type !== CERTIFICATE_CONDITION)
  return status && { ...status, ...(conditions === undefined ? {} : { conditions }) }
}

/** A namespace has one site: another one is told so and does nothing, as in Skupper v2. */
export function surplusSite(site: Site, active: Site, now: Date): Site {
  const message = `An active site already exists in the namespace (${active.metadata.name})`
  const statements = [{ type: 'Configured', trouble: error(message) }]
  const { generation } = site.metadata
  const status = withStatements({ ...site.status }, statements, { required: ['Configured'], now, generation })
  return { ...site, status }
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

function accessTrouble({ spec }: Site, { linkAccess: possible }: SiteFacts['place']): Trouble | undefined {
  const { linkAccess = '' } = spec
  if (linkAccess === '' || possible.includes(linkAccess)) return undefined
  const wanted = possible.map((value) => `"${value}"`).join(', ')
  return error(`Unsupported value for LinkAccess: "${linkAccess}"; wanted one of ${wanted}`)
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
