import type { GivenCredentials } from '../../core/model/credentials.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { AnyListener } from '../../core/model/multi-key-listener.ts'
import type { RouterAccess } from '../../core/model/router-access.ts'
import type { Endpoint, Site } from '../../core/model/site.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import type { ConfigNote } from '../../router/config/rendered.ts'
import type { CredentialFiles, RouterFacts, SelectedPod } from '../../router/config/router-facts.ts'
import type { KeyFile } from '../redemption/identity-key.ts'
import type { RouterSession } from '../router/router-connection.ts'
import type { RouterState } from '../router/router-state.ts'
import type { SiteResources } from './site-resources.ts'
import type { Trouble } from './statements.ts'

/** A place where a site runs, a machine or a cluster: all that differs from one to the other. */
export interface Premises {
  /** Whether redeemers of tokens come through the site's routers, and so from their addresses. */
  readonly passesTokens: boolean
  /** Before the first pass. */
  start(): Promise<void>

  /** Brings what does not depend on certificates to what the resources ask for: ports, ways in. */
  settle(resources: SiteResources): Promise<void>

  /** Brings the site's routers to this configuration; the first time starts them. */
  configure(config: RouterWish): Promise<void>

  /** Has another port chosen for tokens: the one of `view` cannot be listened on. */
  rechooseTokenPort(): Promise<void>

  /** Asks the routers how they fare; to be called about once a second. */
  poll(): Promise<void>

  /** Regular upkeep that has nothing to do with resources. */
  maintain(): Promise<void>

  /** Lets routers that end with this process drain for at most `graceMs`. May be called twice. */
  close(graceMs: number): Promise<void>

  /** What the routers report, taken together. */
  readonly router: RouterState

  /** What a router refused last and why, by entity name. */
  readonly refusals: ReadonlyMap<string, string>

  /** True while a change was made that has not shown its effect yet. */
  readonly isSettling: boolean

  /** As of the last `settle`. */
  view(resources: SiteResources): PremisesView

  readonly credentials: CredentialPlace
}

/** What routers are brought to. */
export interface RouterWish {
  readonly resources: SiteResources
  /** The Listeners that service sync made. */
  readonly synced: readonly Listener[]
  readonly entities: readonly EntityConfig[]
  /** The routing keys that some other site serves. */
  readonly servedElsewhere: ReadonlySet<string>
  /** The credentials that the entities name files of, by name. */
  readonly contents: ReadonlyMap<string, GivenCredentials>
}

/** What rendering and statuses need to know of a place. */
export interface PremisesView {
  readonly router: PlaceOfRouter
  readonly hosts: CertificateHosts
  /** Where the token server listens and what others dial; undefined while that is not known. */
  readonly tokens: TokenAddress | undefined
  readonly status: PlaceStatus
  /** The host of a Listener that service sync makes for an address. */
  readonly listenerHost: (address: string) => string
  /** The router's port for each listener by its `listenerKey`, where it is not the listener's own. */
  readonly portsOf?: (listeners: readonly AnyListener[]) => ReadonlyMap<string, number>
}

export type PlaceOfRouter = Omit<RouterFacts, 'siteId' | 'platform' | 'version' | 'credentials'>

/** Names and addresses that certificates have to be valid for. */
export interface CertificateHosts {
  /** Where the local listener is dialled. */
  readonly local: readonly string[]
  /** Where others dial an access; undefined while that is not known. */
  readonly outside: (access: RouterAccess) => readonly string[] | undefined
}

export interface TokenAddress {
  readonly host: string
  readonly port: number
  readonly advertised: { readonly host: string; readonly port: number }
}

/** What a place says in statuses. */
export interface PlaceStatus {
  readonly controllerName: string
  /** What a Site's linkAccess may be. */
  readonly linkAccess: readonly string[]
  readonly reach: (access: RouterAccess) => Reach
  /** The pods of each Connector with a selector, by its name. */
  readonly pods: ReadonlyMap<string, readonly SelectedPod[]>
  /** What is wrong with resources in this place. */
  readonly notes: readonly ConfigNote[]
}

/** Where an access can be dialled from outside, or why it cannot. */
export interface Reach {
  readonly endpoints: readonly Endpoint[]
  readonly trouble?: Trouble | undefined
}

/** How credentials and what belongs to them are kept in a place. */
export interface CredentialPlace {
  /** Where the router reads a set of credentials, given what is in it. */
  files(name: string, content: GivenCredentials): Promise<CredentialFiles | undefined>
  /** The text in which the numbers of renewals are kept. */
  readonly ordinals: TextPlace
  readonly identityKey: KeyFile
  /** The names of credentials of ours that there are, which are removed once nothing names them. */
  kept(): Promise<readonly string[]>
}

export interface TextPlace {
  /** Empty if there is none. */
  read(): Promise<string>
  write(text: string): Promise<void>
}

/** What a place tells the site that runs there. */
export interface PremisesEvents {
  /** The configuration to start a router with, made anew after a change of ports. */
  readonly config: () => Promise<RouterWish>
  readonly onSession: (session: RouterSession) => Promise<void>
  readonly onSessionEnd: () => void
  /** A router of the network has come into reach. */
  readonly onNewcomer: () => void
  /** Something changed: there should be a pass. */
  readonly onChange: () => void
}

/** The spec of the RouterAccess that a Site's linkAccess stands for, beyond its credentials. */
export type DefaultAccess = (site: Site) => Pick<RouterAccess['spec'], 'roles' | 'bindHost' | 'accessType'>
