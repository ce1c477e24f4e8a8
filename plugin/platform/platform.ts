import type { GivenCredentials } from '../../core/model/credentials.ts'
import type { Kind, Resource, ResourceOf } from '../../core/model/resource.ts'

/** Where the resources of one namespace lie: the two stores, a directory and an API server, both answer to this. */
export interface Resources {
  list<K extends Kind>(kind: K): Promise<ResourceOf<K>[]>
  get<K extends Kind>(kind: K, name: string): Promise<ResourceOf<K> | undefined>
  apply(resource: Resource): Promise<void>
  delete(kind: Kind, name: string): Promise<boolean>
  credentials(name: string): Promise<GivenCredentials | undefined>
}

/** A text file that `debug dump` puts into its archive. */
export interface DumpFile {
  path: string
  content: string
}

/** What the commands need of the place where a site runs. */
export interface Platform {
  readonly name: 'linux'
  readonly namespace: string
  readonly resources: Resources
  /** Makes the site's programs run and go on running; says how, in a line for people. */
  start(): Promise<string>
  /** Ends the site's programs and removes everything the namespace holds. */
  remove(): Promise<void>
  /** What the platform itself knows when something is wrong: logs, configuration, process states; no secret. */
  dump(): Promise<DumpFile[]>
  /** Files in the namespace that could not be read as resources, in words. */
  problems(): Promise<string[]>
}
