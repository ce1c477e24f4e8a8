import { isDeepStrictEqual } from 'node:util'
import { errorCode } from './errors.ts'
import { KubeClient, type DeleteOptions, type KubeClientOptions } from './kube-client.ts'
import type { KubeObject, ResourceType } from './kube-object.ts'
import { typeOf } from './resource-types.ts'

/** What a client would have done to an object. */
export interface PlannedChange {
  readonly action: 'create' | 'change' | 'remove'
  /** As it would be; of one that is removed, as it is. */
  readonly object: KubeObject
}

/**
 * A client that reads and changes nothing: what it is asked to write is kept as a plan, without what would change
 * nothing, and without statuses. The API server tells what a change of an object that is there comes to.
 */
export class DryRunClient extends KubeClient {
  readonly #changes = new Map<string, PlannedChange>()

  constructor(options: KubeClientOptions) {
    super({ ...options, isDryRun: true })
  }

  /** In the order in which they were first asked for. */
  get changes(): readonly PlannedChange[] {
    return [...this.#changes.values()]
  }

  override async apply<T extends KubeObject>(object: T, options: { force?: boolean } = {}): Promise<T> {
    const before = await this.#before(typeOf(object), object)
    if (before === undefined) return this.#planned('create', this.#placed(object))
    return this.#changed(before, await super.apply(object, options))
  }

  override applyStatus<T extends KubeObject>(object: T): Promise<T> {
    return Promise.resolve(this.#placed(object))
  }

  override async create<T extends KubeObject>(object: T): Promise<T> {
    const before = await this.#before(typeOf(object), object)
    return before === undefined ? this.#planned('create', this.#placed(object)) : super.create(object)
  }

  override async patch<T extends KubeObject>(
    type: ResourceType<T>,
    place: { name: string; namespace?: string; subresource?: string },
    patch: object,
  ): Promise<T> {
    const before = await this.get(type, place.name, place.namespace)
    const after = await super.patch(type, place, patch)
    return before === undefined ? after : this.#changed(before, after)
  }

  override async delete(type: ResourceType, name: string, { namespace }: DeleteOptions = {}): Promise<boolean> {
    const before = await this.get(type, name, namespace)
    if (before !== undefined) this.#planned('remove', before)
    return before !== undefined
  }

  /** A kind that the cluster does not have yet has no objects. */
  async #before(type: ResourceType, { metadata }: KubeObject): Promise<KubeObject | undefined> {
    try {
      return await this.get(type, metadata.name, metadata.namespace)
    } catch (error) {
      if (errorCode(error) === 'kube/no-crd') return undefined
      throw error
    }
  }

  #changed<T extends KubeObject>(before: KubeObject, after: T): T {
    return isDeepStrictEqual(contentOf(before), contentOf(after)) ? after : this.#planned('change', after)
  }

  #planned<T extends KubeObject>(action: PlannedChange['action'], object: T): T {
    const key = `${object.kind} ${object.metadata.name}`
    const earlier = this.#changes.get(key)?.action
    this.#changes.set(key, { action: earlier === 'create' && action === 'change' ? earlier : action, object })
    return object
  }

  #placed<T extends KubeObject>(object: T): T {
    if (!typeOf(object).namespaced) return object
    return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? this.namespace } }
  }
}

/** Without what a server counts and notes by itself. */
function contentOf({ metadata, ...rest }: KubeObject): object {
  const { labels = {}, annotations = {}, ownerReferences = [], finalizers = [] } = metadata
  return { ...rest, metadata: { labels, annotations, ownerReferences, finalizers } }
}
