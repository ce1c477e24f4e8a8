import type { GivenCredentials } from './credentials.ts'
import type { Kind, Resource, ResourceOf } from './resource.ts'

/** All resources of a namespace, and what in it is no resource though it should be one. */
export interface Snapshot {
  readonly resources: readonly Resource[]
  readonly problems: readonly StoreProblem[]
}

/** Something that cannot be read as a resource; it counts as what it last was. */
export interface StoreProblem {
  /** A file of the namespace's directory, or KIND/NAME of an object in a cluster. */
  readonly file: string
  readonly line?: number | undefined
  readonly message: string
}

/** The resources and credentials of one namespace, which people write beside us: in a directory, or at an API server. */
export interface SiteStore {
  /** What there is of a kind, by name: the user's spec with the controller's status, and the controller's own. */
  list<K extends Kind>(kind: K): Promise<ResourceOf<K>[]>
  get<K extends Kind>(kind: K, name: string): Promise<ResourceOf<K> | undefined>

  /**
   * Writes a resource as its user's wish, without status; the namespace is made if it is not there. Throws
   * `resource/invalid`, and what the place where it is kept adds.
   */
  apply(resource: Resource): Promise<void>

  /**
   * Writes a controller's view of a resource, status and all, or a resource of the controller's own, where that
   * changes anything. Nothing is written of a resource that was removed since it was read. Throws
   * `store/no-namespace` where the namespace is gone.
   */
  applyRuntime(resource: Resource): Promise<void>

  /** `applyRuntime` for many at once, which costs little more than for one. */
  applyRuntimeAll(resources: readonly Resource[]): Promise<void>

  /** Removes both views. False where there was neither. */
  delete(kind: Kind, name: string): Promise<boolean>
  deleteRuntime(kind: Kind, name: string): Promise<boolean>

  /** Certificates by name; what the user supplied comes before ours. */
  credentials(name: string): Promise<GivenCredentials | undefined>

  /** Whether what `credentials` gives is the user's: it is never renewed by us. */
  isCertificateSupplied(name: string): Promise<boolean>
  putCredentials(name: string, credentials: GivenCredentials): Promise<void>
  deleteCredentials(name: string): Promise<boolean>

  /** Certificate authorities by name; what the user supplied comes before ours. */
  issuer(name: string): Promise<GivenCredentials | undefined>
  isIssuerSupplied(name: string): Promise<boolean>
  putIssuer(name: string, issuer: GivenCredentials): Promise<void>
  deleteIssuer(name: string): Promise<boolean>

  /** Calls `onChange` some time after anything of the namespace changed, by whomever, until the signal aborts. */
  watch(onChange: () => void, signal: AbortSignal): void

  /** What there is of all kinds, and the problems, in one look: much cheaper than a `list` for each kind. */
  snapshot(): Promise<Snapshot>
}
