import type { Connector } from '../../core/model/connector.ts'
import type { GivenCredentials } from '../../core/model/credentials.ts'
import type { AnyListener } from '../../core/model/multi-key-listener.ts'
import type { Kind, Resource, ResourceOf } from '../../core/model/resource.ts'
import type { Site } from '../../core/model/site.ts'
import type { Finding } from '../check/finding.ts'
import type { SetupPlan } from './setup-plan.ts'
import type { SiteFlags } from '../site-flags.ts'
import type { PlatformName } from './platform-name.ts'
import type { Target, TargetName } from '../target.ts'

/** Where the resources of one namespace lie: the two stores, a directory and an API server, both answer to this. */
export interface Resources {
  list<K extends Kind>(kind: K): Promise<ResourceOf<K>[]>
  get<K extends Kind>(kind: K, name: string): Promise<ResourceOf<K> | undefined>
  apply(resource: Resource): Promise<void>
  delete(kind: Kind, name: string): Promise<boolean>
  credentials(name: string): Promise<GivenCredentials | undefined>
  issuer(name: string): Promise<GivenCredentials | undefined>
}

/** A text file that `debug dump` puts into its archive. */
export interface DumpFile {
  path: string
  content: string
}

/** What `init` did: whether the site is new, and what changed otherwise, a line each. */
export interface Setup {
  isNew: boolean
  changes: string[]
  /** What people must know of the place, in a line each. */
  remarks?: string[]
}

/** What runs a site's programs, where that is known. */
export interface RunningVersions {
  controller: string
  router: string
}

/** What the commands need of the place where a site runs. */
export interface Platform {
  readonly name: PlatformName
  readonly namespace: string
  readonly resources: Resources
  /** The kinds of target that can be exposed here. */
  readonly targetTypes: readonly string[]
  /** Makes the namespace a site, or changes what the flags name and nothing else. Throws where that cannot be. */
  setUp(flags: SiteFlags): Promise<Setup>
  /** What `setUp` would do, and nothing of it done. Throws what `setUp` throws. */
  plan(flags: SiteFlags): Promise<SetupPlan>
  /** Makes the site's programs run and go on running; what people must know of it, in a line. */
  start(): Promise<string | undefined>
  /** Why the site's programs do not run yet, where the platform knows. */
  obstacle(): Promise<string | undefined>
  /** Finds a target. Throws where there is none, or it cannot be one. */
  target(name: TargetName): Promise<Target>
  /** What a listener of an address is bound to. */
  listenerHost(site: Site, address: string): string
  /** Versions of the programs that run. */
  versions(): Promise<RunningVersions>
  /** Makes the site run this release. False where it does already, unless `force` restarts it all the same. */
  update(force: boolean): Promise<boolean>
  /** Ends what other sites may do here; says what was done. Throws `access/…` where it cannot be. */
  revokeAccess(): Promise<string[]>
  /** Ends the site's programs and removes everything that was made for the site; tells what it waits for. */
  remove(update: (text: string) => void): Promise<void>
  /** What a client here finds at a listener, before any router of ours. */
  checkEntry(listener: AnyListener): Promise<Finding>
  /** What is behind a connector. */
  checkTarget(connector: Connector): Promise<Finding>
  /** What the platform itself knows when something is wrong: logs, configuration, process states; no secret. */
  dump(): Promise<DumpFile[]>
  /** Since when nobody keeps statuses up to date (RFC 3339); undefined while somebody does. */
  silentSince(): Promise<string | undefined>
  /** What could not be read as a resource, in words. */
  problems(): Promise<string[]>
}
