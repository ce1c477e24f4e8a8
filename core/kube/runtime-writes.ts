import { isDeepStrictEqual } from 'node:util'
import { CONTROLLED_ANNOTATION, MANAGED_BY, MANAGED_BY_LABEL } from '../model/annotation-names.ts'
import { SkupperError } from '../model/error.ts'
import { hasLabels } from '../model/labels.ts'
import { parseResource, type Resource } from '../model/resource.ts'
import { errorCode } from './errors.ts'
import type { KubeClient } from './kube-client.ts'
import type { KubeObject } from './kube-object.ts'
import type { ObjectSource } from './object-source.ts'

const WRITES_AT_ONCE = 16
/** Statuses whose writing changed nothing, as an API server with another schema leaves them. */
const MAX_REMEMBERED = 10_000
/** On what `kubectl apply` made: it would speak of something else than what we apply. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

export interface RuntimeWritesOptions {
  readonly client: KubeClient
  readonly namespace: string
  readonly source: ObjectSource
}

/** Writes a controller's views: statuses of what others made, and all of what it made itself, where that differs. */
export class RuntimeWrites {
  readonly #options: RuntimeWritesOptions
  /** By uid: the status that was written last, and the version it made. */
  readonly #written = new Map<string, { status: string; version: string | undefined }>()

  constructor(options: RuntimeWritesOptions) {
    this.#options = options
  }

  /** One that fails does not stop the others; the first failure is thrown in the end. */
  async writeAll(resources: readonly Resource[]): Promise<void> {
    const views = resources.map((resource) => asObject(parseResource(resource), this.#options.namespace))
    const failures: unknown[] = []
    for (let at = 0; at < views.length; at += WRITES_AT_ONCE) {
      const results = await Promise.allSettled(views.slice(at, at + WRITES_AT_ONCE).map((view) => this.#write(view)))
      failures.push(...results.filter(({ status }) => status === 'rejected').map(reasonOf))
      // Nothing else gets through either.
      if (failures.some((failure) => isAway(failure))) break
    }
    if (failures.length > 0) throw storeError(failures[0])
  }

  async #write(view: KubeObject): Promise<void> {
    const kind = parseResource(view).kind
    const before = await this.#options.source.get(kind, view.metadata.name)
    const { uid } = view.metadata
    // Somebody removed it after the controller read it: what is written now would bring it back.
    if (uid !== undefined && before?.metadata.uid !== uid) return
    try {
      const current = await this.#writeWhole(view, before)
      if (view.kind !== 'Secret') await this.#writeStatus(view, current)
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }

  /** Brings what is the controller's own to the view; what is a user's is left alone. */
  async #writeWhole(view: KubeObject, before: KubeObject | undefined): Promise<KubeObject> {
    const { client, source } = this.#options
    if (before !== undefined && !isOwn(before)) {
      if (view.kind !== 'Secret') return before
      const message = `Secret ${view.metadata.name} is there already and not ours`
      throw new SkupperError('store/conflict', message, { given: view.metadata.name })
    }
    const next = marked(view)
    if (before !== undefined && isSameWish(before, next)) return before
    const after = await client.apply(next, { force: before !== undefined })
    source.wrote(after)
    return after
  }

  async #writeStatus(view: KubeObject, current: KubeObject): Promise<void> {
    const { client, source } = this.#options
    if (isSame(view['status'], current['status'])) return
    const { uid = '', resourceVersion } = current.metadata
    const status = JSON.stringify(view['status'])
    const last = this.#written.get(uid)
    if (last?.status === status && last.version === resourceVersion) return
    const { name, namespace } = view.metadata
    const after = await client.applyStatus<KubeObject>({ ...view, metadata: { name, namespace, uid } })
    if (this.#written.size >= MAX_REMEMBERED) this.#written.clear()
    this.#written.set(uid, { status, version: after.metadata.resourceVersion })
    source.wrote(after)
  }
}

/** Whether a controller made it. */
export function isOwn({ metadata }: { metadata: KubeObject['metadata'] | Resource['metadata'] }): boolean {
  return metadata.annotations?.[CONTROLLED_ANNOTATION] === 'true'
}

/** A resource as the object that is written: without what only the API server knows. */
export function asObject(resource: Resource, namespace: string): KubeObject {
  const plain = plainOf(resource) as KubeObject
  const { name, uid, labels, annotations, resourceVersion } = plain.metadata
  const others = Object.entries(annotations ?? {}).filter(([key]) => key !== LAST_APPLIED)
  const kept = others.length === 0 ? undefined : Object.fromEntries(others)
  // Only a Secret's content is counted with: a ledger that was read too early must not overwrite a newer one.
  const version = plain.kind === 'Secret' ? resourceVersion : undefined
  return { ...plain, metadata: { name, namespace, uid, labels, annotations: kept, resourceVersion: version } }
}

/** What the store's users compare: the codes of SiteStore where it names some. */
export function storeError(error: unknown): unknown {
  const code = CODES[errorCode(error) ?? '']
  if (code === undefined || !(error instanceof SkupperError)) return error
  return new SkupperError(code, error.message, { given: error.given, cause: error })
}

const CODES: Readonly<Record<string, string>> = {
  'kube/no-namespace': 'store/no-namespace',
  'kube/conflict': 'store/conflict',
  'kube/exists': 'store/conflict',
}

function marked(view: KubeObject): KubeObject {
  const labels = { ...view.metadata.labels, [MANAGED_BY_LABEL]: MANAGED_BY, 'app.kubernetes.io/part-of': MANAGED_BY }
  const annotations = { ...view.metadata.annotations, [CONTROLLED_ANNOTATION]: 'true' }
  return { ...view, metadata: { ...view.metadata, labels, annotations } }
}

/** Whether everything but the status is as wished. Labels and annotations of others may stand beside ours. */
function isSameWish(before: KubeObject, next: KubeObject): boolean {
  const parts = (object: KubeObject): unknown => [object['spec'] ?? {}, object['data'], object['type']]
  const { labels, annotations } = before.metadata
  const isLabelled = hasLabels(labels, next.metadata.labels ?? {})
  return isLabelled && hasLabels(annotations, next.metadata.annotations ?? {}) && isSame(parts(before), parts(next))
}

function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plainOf(one), plainOf(other))
}

/** Members that are undefined count as absent, and so does an empty whole. */
function plainOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? {}))
}

function isGone(error: unknown): boolean {
  return errorCode(error) === 'kube/replaced' || errorCode(error) === 'kube/not-found'
}

function isAway(error: unknown): boolean {
  return errorCode(error) === 'kube/unreachable' || errorCode(error) === 'kube/timeout'
}

function reasonOf(result: PromiseSettledResult<void>): unknown {
  return result.status === 'rejected' ? result.reason : undefined
}
