import type { KubeObject, ResourceType } from '../../core/kube/kube-object.ts'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import type { Log } from '../log.ts'
import { covers, describeObjectPlan, isOurs, keyOf, planObjects, type ObjectPlan } from './object-plan.ts'
import { hashOf } from './site-labels.ts'

const MAX_LINES = 50
const MAX_CALLS = 16
const IDENTITY: readonly string[] = ['apiVersion', 'kind', 'metadata']

/** The part of `KubeClient` that is needed. */
export interface ObjectClient {
  get(type: ResourceType, name: string): Promise<KubeObject | undefined>
  apply(object: KubeObject): Promise<KubeObject>
  patch(type: ResourceType, place: { name: string }, patch: object): Promise<KubeObject>
  delete(type: ResourceType, name: string, options: { uid?: string }): Promise<boolean>
}

export interface ObjectKeeperOptions {
  readonly client: ObjectClient
  /** The types of what is kept, by kind. */
  readonly types: ReadonlyMap<string, ResourceType>
  /** What there is of these types, as far as it was seen. */
  readonly seen: () => readonly KubeObject[]
  /** Takes over the answer to a write, and a removal, before what is watched tells of it. */
  readonly wrote: (object: KubeObject) => void
  readonly deleted: (object: KubeObject) => void
  /** Says which changes of a plan are to be made now. */
  readonly pace: (apply: readonly KubeObject[]) => readonly KubeObject[]
  readonly log: Log
}

/** What became of a plan: what could not be done, by `Kind name`. */
export type Failures = ReadonlyMap<string, string>

interface Written {
  readonly hash: string
  readonly resourceVersion: string
}

/** Keeps the objects of a site as they should be: what was written is not written again. */
export class ObjectKeeper {
  readonly #options: ObjectKeeperOptions
  readonly #written = new Map<string, Written>()
  #told = ''

  constructor(options: ObjectKeeperOptions) {
    this.#options = options
  }

  /** What `keep` would do. */
  plan(desired: readonly KubeObject[]): ObjectPlan {
    const seen = this.#options.seen()
    const byKey = new Map(seen.map((object) => [keyOf(object), object]))
    const plan = planObjects(seen, desired)
    return { ...plan, apply: plan.apply.filter((object) => !this.#isFresh(object, byKey.get(keyOf(object)))) }
  }

  /** Brings the objects to what is desired, side by side. What is no longer wanted goes last, with `mayRemove`. */
  async keep(desired: readonly KubeObject[], { mayRemove }: { mayRemove: boolean }): Promise<Failures> {
    const full = this.plan(desired)
    const plan = { ...full, apply: this.#options.pace(full.apply), remove: mayRemove ? full.remove : [] }
    this.#tell(plan)
    const conflicts = plan.conflicts.map((object) => [keyOf(object), conflictOf(object)] as const)
    const seen = new Set(this.#options.seen().map(keyOf))
    const applied = await sideBySide(plan.apply, (object) => {
      return this.#attempt(object, () => this.#apply(object, seen.has(keyOf(object))))
    })
    const removed = await sideBySide(plan.remove, (object) => this.#attempt(object, () => this.#remove(object)))
    return new Map([...conflicts, ...[...applied, ...removed].flatMap((failure) => (failure ? [failure] : []))])
  }

  /** Undefined where it went well. */
  async #attempt(object: KubeObject, task: () => Promise<void>): Promise<readonly [string, string] | undefined> {
    try {
      await task()
      return undefined
    } catch (error) {
      if (!(error instanceof SkupperError)) throw error
      this.#options.log.warn({ object: keyOf(object), reason: messageOf(error) }, 'an object could not be kept')
      return [keyOf(object), error.message]
    }
  }

  async #apply(object: KubeObject, isSeen: boolean): Promise<void> {
    const { client, wrote } = this.#options
    // What is watched by our label would not show another's object of that name.
    const other = isSeen ? undefined : await client.get(this.#typeOf(object), object.metadata.name)
    if (other !== undefined && !isOurs(other)) throw new SkupperError('site/conflict', conflictOf(object))
    const made = isSeen ? await this.#restored(object) : await client.apply(object)
    const { resourceVersion = '' } = made.metadata
    wrote(made)
    this.#written.set(keyOf(object), { hash: hashOf(object), resourceVersion })
  }

  /**
   * Applying keeps what somebody else put into a list, such as a port of a Service; that may even be what stands in the
   * way. Then the whole list is set.
   */
  async #restored(object: KubeObject): Promise<KubeObject> {
    const { client } = this.#options
    const type = this.#typeOf(object)
    try {
      const made = await client.apply(object)
      if (covers(made, object)) return made
    } catch (error) {
      if (!(error instanceof SkupperError) || error.code !== 'kube/invalid') throw error
    }
    const { name, labels, annotations } = object.metadata
    const fields = Object.entries(object).filter(([field]) => !IDENTITY.includes(field))
    return client.patch(type, { name }, { metadata: { labels, annotations }, ...Object.fromEntries(fields) })
  }

  async #remove(object: KubeObject): Promise<void> {
    const { uid } = object.metadata
    this.#written.delete(keyOf(object))
    await this.#options.client.delete(this.#typeOf(object), object.metadata.name, uid === undefined ? {} : { uid })
    this.#options.deleted(object)
  }

  /** Whether this is as it was written: a server may put some of it in other words. */
  #isFresh(object: KubeObject, found: KubeObject | undefined): boolean {
    const written = this.#written.get(keyOf(object))
    return written?.hash === hashOf(object) && found?.metadata.resourceVersion === written.resourceVersion
  }

  #typeOf({ kind }: KubeObject): ResourceType {
    const type = this.#options.types.get(kind)
    if (type === undefined) throw new SkupperError('kube/no-crd', `This cluster has no kind ${kind}`)
    return type
  }

  #tell(plan: ObjectPlan): void {
    const lines = describeObjectPlan(plan)
    const told = lines.join('\n')
    if (told !== this.#told && lines.length > 0) {
      this.#options.log.info({ changes: lines.slice(0, MAX_LINES), count: lines.length }, 'objects change')
    }
    this.#told = told
  }
}

/** Many calls at once, but not all. */
async function sideBySide<T>(objects: readonly KubeObject[], task: (object: KubeObject) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  const rest = objects.values()
  const worker = async (): Promise<void> => {
    for (const object of rest) results.push(await task(object))
  }
  await Promise.all(Array.from({ length: MAX_CALLS }, worker))
  return results
}

function conflictOf(object: KubeObject): string {
  return `${keyOf(object)} already exists in the namespace and was not made by this site`
}
