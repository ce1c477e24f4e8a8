import { SkupperError } from '../model/error.ts'
import { callKube, type KubeCall } from './kube-call.ts'
import { isKubeObject, type KubeObject, type ResourceType } from './kube-object.ts'
import { kubePath, type KubePlace } from './kube-path.ts'
import type { KubeTransport } from './kube-transport.ts'
import { watchKube, type WatchOptions } from './kube-watch.ts'
import { errorCode } from './errors.ts'
import { POD, typeOf } from './resource-types.ts'

/** Objects that one page of a list has. */
const PAGE = 500
/** How often a list starts again because its pages grew too old meanwhile. */
const MAX_LISTS = 3
const MAX_LOG_BYTES = 4 * 1024 * 1024
const APPLY = 'application/apply-patch+yaml'
const MERGE_PATCH = 'application/merge-patch+json'

export interface KubeClientOptions {
  readonly transport: KubeTransport
  /** Where objects are that name no namespace. */
  readonly namespace: string
  /** Who owns the fields that `apply` writes. */
  readonly fieldManager: string
  /** For each call with all its tries; 30 s where left out. */
  readonly deadlineMs?: number | undefined
  readonly random?: (() => number) | undefined
  /** Writes are answered as if they had been done, and are not done. */
  readonly isDryRun?: boolean | undefined
}

export interface ListOptions {
  /** The client's own where left out. */
  readonly namespace?: string | undefined
  /** In all namespaces. */
  readonly all?: boolean | undefined
  /** As kubectl takes it: `app=web,tier in (a,b)`. */
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

export interface DeleteOptions {
  readonly namespace?: string | undefined
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan' | undefined
  /** Only the object with this uid is removed. */
  readonly uid?: string | undefined
}

export interface PodLogOptions {
  readonly namespace?: string | undefined
  readonly container?: string | undefined
  readonly tailLines?: number | undefined
  /** Of the container before its last restart. */
  readonly previous?: boolean | undefined
}

export interface Page<T> {
  readonly items: T[]
  /** Where a watch goes on from. */
  readonly resourceVersion: string
}

/**
 * One API server as one user sees it. Every call has a deadline, is tried again where that is safe, and throws a
 * SkupperError: `kube/forbidden`, `kube/unauthorized`, `kube/not-found`, `kube/no-crd`, `kube/no-namespace`,
 * `kube/conflict`, `kube/exists`, `kube/replaced` (another uid than the one given), `kube/invalid`, `kube/gone`,
 * `kube/unavailable`, `kube/unreachable`, `kube/timeout`.
 */
export class KubeClient {
  readonly namespace: string
  readonly server: string
  readonly fieldManager: string
  readonly #options: KubeClientOptions

  constructor(options: KubeClientOptions) {
    this.#options = options
    this.namespace = options.namespace
    this.server = options.transport.server
    this.fieldManager = options.fieldManager
  }

  /** The object, or undefined where there is none of that name. */
  async get<T extends KubeObject>(type: ResourceType<T>, name: string, namespace?: string): Promise<T | undefined> {
    const place = this.#place(type, { name, namespace })
    try {
      return await this.#object(type, place, { verb: 'get', method: 'GET', repeated: 'same' })
    } catch (error) {
      if (errorCode(error) === 'kube/not-found') return undefined
      throw error
    }
  }

  async list<T extends KubeObject>(type: ResourceType<T>, options: ListOptions = {}): Promise<T[]> {
    return (await this.page(type, options)).items
  }

  /** As `list`, with the version that a watch goes on from. */
  async page<T extends KubeObject>(type: ResourceType<T>, options: ListOptions = {}): Promise<Page<T>> {
    for (let lists = 1; ; lists += 1) {
      try {
        return await this.#allPages(type, options)
      } catch (error) {
        if (errorCode(error) !== 'kube/gone' || lists >= MAX_LISTS) throw error
      }
    }
  }

  /**
   * Calls `onEvent` with every change after `resourceVersion`, until the server ends the watch or the signal aborts.
   * Throws `kube/gone` where the server no longer knows that version.
   */
  async watch<T extends KubeObject>(
    type: ResourceType<T>,
    options: ListOptions & Omit<WatchOptions<T>, 'namespace'>,
  ): Promise<void> {
    const namespace = this.#namespaceOf(type, options)
    await watchKube(this.#options.transport, type, { ...options, namespace })
  }

  /**
   * Server-side apply: what the object says becomes so, what it does not say stays, and what this client said before
   * and no longer says goes. A uid in it makes it a write to that very object: `kube/replaced` where it is gone.
   * Fields of others are taken over, or with `force: false` make a `kube/conflict`.
   */
  async apply<T extends KubeObject>(object: T, { force = true }: { force?: boolean } = {}): Promise<T> {
    const { name, namespace, uid, resourceVersion, labels, annotations, ownerReferences, finalizers } = object.metadata
    const metadata = { name, namespace, uid, resourceVersion, labels, annotations, ownerReferences, finalizers }
    return this.#apply(object, { ...object, metadata, status: undefined }, { force })
  }

  /** Server-side apply of the status alone, to an object that is there. */
  async applyStatus<T extends KubeObject>(object: T): Promise<T> {
    const { apiVersion, kind, metadata, status } = object
    const { name, namespace, uid, resourceVersion } = metadata
    const identity = { name, namespace, uid, resourceVersion }
    return this.#apply(object, { apiVersion, kind, metadata: identity, status }, { subresource: 'status' })
  }

  /** Throws `kube/exists` where there is one of that name. */
  async create<T extends KubeObject>(object: T): Promise<T> {
    const type = typeOf(object)
    const { namespace } = object.metadata
    const place = this.#place(type, { namespace, query: this.#writing })
    return this.#object(type, place, { verb: 'create', method: 'POST', repeated: 'once', body: object })
  }

  /** Puts the object in place of the one with its resourceVersion; `kube/conflict` where that was written meanwhile. */
  async replace<T extends KubeObject>(object: T): Promise<T> {
    const type = typeOf(object)
    const { name, namespace } = object.metadata
    const place = this.#place(type, { name, namespace, query: this.#writing })
    return this.#object(type, place, { verb: 'update', method: 'PUT', repeated: 'once', body: object })
  }

  /** A JSON merge patch: null removes a field. */
  async patch<T extends KubeObject>(
    type: ResourceType<T>,
    { name, namespace, subresource }: { name: string; namespace?: string; subresource?: string },
    patch: object,
  ): Promise<T> {
    const place = this.#place(type, { name, namespace, subresource, query: this.#writing })
    const call = { verb: 'patch', method: 'PATCH', repeated: 'same', body: patch, contentType: MERGE_PATCH } as const
    return this.#object(type, place, call)
  }

  /** False where there was none. What it owns is removed in the background unless `propagation` says otherwise. */
  async delete(type: ResourceType, name: string, options: DeleteOptions = {}): Promise<boolean> {
    const { namespace, propagation = 'Background', uid } = options
    const place = this.#place(type, { name, namespace, query: { dryRun: this.#writing.dryRun } })
    const body = { propagationPolicy: propagation, ...(uid === undefined ? {} : { preconditions: { uid } }) }
    try {
      await this.#call(type, place, { verb: 'delete', method: 'DELETE', repeated: 'same', body })
      return true
    } catch (error) {
      if (errorCode(error) === 'kube/not-found') return false
      throw error
    }
  }

  /** The end of a container's log. */
  async podLog(name: string, { namespace, container, tailLines, previous }: PodLogOptions = {}): Promise<string> {
    const query = { container, tailLines, previous, limitBytes: MAX_LOG_BYTES }
    const place = this.#place(POD, { namespace, name, subresource: 'log', query })
    return String(await this.#call(POD, place, { verb: 'get', method: 'GET', repeated: 'same', isText: true }))
  }

  /** Kubernetes' own version, such as `v1.33.1`. */
  async serverVersion(): Promise<string> {
    const value = await this.#plain({ verb: 'get', method: 'GET', path: '/version', repeated: 'same' })
    return textMember(value, 'gitVersion')
  }

  /** Whether the cluster has this type at all. */
  async serves(type: ResourceType): Promise<boolean> {
    const root = type.apiVersion.includes('/') ? 'apis' : 'api'
    try {
      const call = { verb: 'get', method: 'GET', path: `/${root}/${type.apiVersion}`, repeated: 'same' } as const
      const value = await this.#plain(call)
      const resources = memberOf(value, 'resources')
      return Array.isArray(resources) && resources.some((each) => memberOf(each, 'name') === type.plural)
    } catch (error) {
      if (errorCode(error) === 'kube/not-found') return false
      throw error
    }
  }

  /** Whether this user may do something; `resource` may have a subresource, as in `pods/log`. */
  async canI(
    wish: { verb: string; group: string; resource: string; name?: string },
    { namespace, clusterWide = false }: { namespace?: string; clusterWide?: boolean } = {},
  ): Promise<boolean> {
    const [resource, subresource] = wish.resource.split('/')
    const where = clusterWide ? {} : { namespace: namespace ?? this.namespace }
    const resourceAttributes = { ...wish, ...where, resource, subresource }
    const apiVersion = 'authorization.k8s.io/v1'
    const body = { apiVersion, kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }
    const path = `/apis/${apiVersion}/selfsubjectaccessreviews`
    const value = await this.#plain({ verb: 'create', method: 'POST', path, repeated: 'same', body })
    return memberOf(memberOf(value, 'status'), 'allowed') === true
  }

  get #writing() {
    return { fieldManager: this.fieldManager, dryRun: this.#options.isDryRun === true ? 'All' : undefined }
  }

  /** Ends the connections that are kept for further calls. */
  close(): void {
    this.#options.transport.close()
  }

  async #allPages<T extends KubeObject>(type: ResourceType<T>, options: ListOptions): Promise<Page<T>> {
    const { labelSelector, fieldSelector } = options
    const items: T[] = []
    let next = ''
    for (;;) {
      const query = { labelSelector, fieldSelector, limit: PAGE, continue: next === '' ? undefined : next }
      const place = { namespace: this.#namespaceOf(type, options), query }
      const value = await this.#call(type, place, { verb: 'list', method: 'GET', repeated: 'same' })
      items.push(...itemsOf(type, value))
      const metadata = memberOf(value, 'metadata')
      next = textMember(metadata, 'continue')
      if (next === '') return { items, resourceVersion: textMember(metadata, 'resourceVersion') }
    }
  }

  async #apply<T extends KubeObject>(
    object: T,
    body: object,
    { subresource, force = true }: { subresource?: string; force?: boolean },
  ): Promise<T> {
    const type = typeOf(object)
    const { name, namespace, resourceVersion } = object.metadata
    const query = { ...this.#writing, force }
    const place = this.#place(type, { name, namespace, subresource, query })
    // Only a conflict of the server with itself passes when it is tried again.
    const repeated = resourceVersion === undefined && force ? 'same' : 'conflict'
    return this.#object(type, place, { verb: 'patch', method: 'PATCH', contentType: APPLY, repeated, body })
  }

  async #object<T extends KubeObject>(
    type: ResourceType<T>,
    place: KubePlace,
    call: Omit<KubeCall, 'path' | 'type'>,
  ): Promise<T> {
    const value = await this.#call(type, place, call)
    if (isKubeObject(value)) return value as T
    throw new SkupperError('kube/invalid', `The API server's answer is no ${type.kind}`, { given: value })
  }

  #call(type: ResourceType, place: KubePlace, call: Omit<KubeCall, 'path' | 'type'>): Promise<unknown> {
    const { name, namespace, subresource } = place
    return this.#plain({ ...call, type, name, namespace, subresource, path: kubePath(type, place) })
  }

  #plain(call: KubeCall): Promise<unknown> {
    const { transport, deadlineMs, random } = this.#options
    return callKube(transport, { deadlineMs, ...call }, random)
  }

  #place(type: ResourceType, place: KubePlace): KubePlace {
    return { ...place, namespace: type.namespaced ? (place.namespace ?? this.namespace) : undefined }
  }

  #namespaceOf(type: ResourceType, { namespace, all = false }: ListOptions): string | undefined {
    return type.namespaced && !all ? (namespace ?? this.namespace) : undefined
  }
}

/** Items of a list do not always say their own kind. */
function itemsOf<T extends KubeObject>(type: ResourceType<T>, list: unknown): T[] {
  const { apiVersion, kind } = type
  const items = memberOf(list, 'items')
  if (!Array.isArray(items)) return []
  return items
    .map((item: unknown) => (typeof item === 'object' && item !== null ? { apiVersion, kind, ...item } : item))
    .filter((item): item is T => isKubeObject(item))
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

function textMember(value: unknown, key: string): string {
  const member = memberOf(value, key)
  return typeof member === 'string' ? member : ''
}
