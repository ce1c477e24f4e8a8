import { SkupperError } from '../model/error.ts'
import { RESOURCE_SCHEMAS, type Kind } from '../model/resource.ts'
import { errorCode } from './errors.ts'
import { Informer, type InformerLog } from './informer.ts'
import type { KubeClient } from './kube-client.ts'
import type { KubeObject } from './kube-object.ts'
import { MODEL_TYPES } from './resource-types.ts'

export const KINDS = Object.keys(RESOURCE_SCHEMAS).filter((kind): kind is Kind => kind in MODEL_TYPES)

/** How long the first look may take. */
const READY_MS = 30_000
/** The history of Helm's releases is large and none of our business. */
const SECRETS = 'type!=helm.sh/release.v1'

/** Where a store reads the objects of one namespace. */
export interface ObjectSource {
  /** Throws `kube/…`. */
  list(kind: Kind): Promise<readonly KubeObject[]>
  get(kind: Kind, name: string): Promise<KubeObject | undefined>
  /** What keeps news of a kind from us that was listed before, where waiting does not help. */
  lost(kind: Kind): string | undefined
  /** A write was answered with this. */
  wrote(object: KubeObject): void
  deleted(kind: Kind, name: string): void
  close(): void
}

export interface SourceOptions {
  readonly client: KubeClient
  readonly namespace: string
  readonly log?: InformerLog | undefined
}

/** Asks the API server each time. */
export function directSource({ client, namespace }: SourceOptions): ObjectSource {
  return {
    list: (kind) => client.list(MODEL_TYPES[kind], { namespace, fieldSelector: fieldSelectorOf(kind) }),
    get: (kind, name) => client.get(MODEL_TYPES[kind], name, namespace),
    lost: () => undefined,
    wrote: () => undefined,
    deleted: () => undefined,
    close: () => undefined,
  }
}

/** Keeps what there is, by one watch for each kind. */
export class CachedSource implements ObjectSource {
  readonly #informers: ReadonlyMap<Kind, Informer<KubeObject>>
  readonly #listeners = new Set<() => void>()

  constructor({ client, namespace, log }: SourceOptions) {
    const onChange = (): void => {
      for (const listener of this.#listeners) listener()
    }
    this.#informers = new Map(
      KINDS.map((kind) => {
        const options = { namespace, log, onChange, fieldSelector: fieldSelectorOf(kind) }
        return [kind, new Informer(client, MODEL_TYPES[kind], options)]
      }),
    )
    for (const informer of this.#informers.values()) informer.start()
  }

  async list(kind: Kind): Promise<readonly KubeObject[]> {
    const informer = this.#informer(kind)
    await informer.ready(READY_MS)
    return informer.items()
  }

  async get(kind: Kind, name: string): Promise<KubeObject | undefined> {
    const informer = this.#informer(kind)
    await informer.ready(READY_MS)
    return informer.get(name)
  }

  lost(kind: Kind): string | undefined {
    const { state, error } = this.#informer(kind)
    return state === 'absent' || state === 'unreadable' ? error?.message : undefined
  }

  wrote(object: KubeObject): void {
    const kind = KINDS.find((each) => each === object.kind)
    if (kind !== undefined) this.#informer(kind).wrote(object)
  }

  deleted(kind: Kind, name: string): void {
    this.#informer(kind).deleted(name)
  }

  /** Calls `listener` after changes, until the signal aborts. */
  onChange(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener)
    signal.addEventListener('abort', () => this.#listeners.delete(listener))
  }

  /** Since when a kind was not heard of, for those whose watch is down. */
  stale(): { kind: Kind; since: Date; error: SkupperError | undefined }[] {
    return [...this.#informers].flatMap(([kind, { staleSince: since, error }]) =>
      since === undefined ? [] : [{ kind, since, error }],
    )
  }

  close(): void {
    for (const informer of this.#informers.values()) informer.close()
  }

  #informer(kind: Kind): Informer<KubeObject> {
    const informer = this.#informers.get(kind)
    if (informer === undefined) throw new SkupperError('kube/unknown-kind', `${kind} is not watched`)
    return informer
  }
}

/** The objects of a kind, or what keeps us from seeing it where the others are of use without it. */
export async function listOrMissing(
  source: ObjectSource,
  kind: Kind,
): Promise<{ objects: readonly KubeObject[]; missing: string | undefined }> {
  try {
    return { objects: await source.list(kind), missing: source.lost(kind) }
  } catch (error) {
    if (kind === 'Site' || errorCode(error) !== 'kube/no-crd' || !(error instanceof SkupperError)) throw error
    return { objects: [], missing: error.message }
  }
}

function fieldSelectorOf(kind: Kind): string | undefined {
  return kind === 'Secret' ? SECRETS : undefined
}
