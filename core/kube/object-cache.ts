import { SkupperError } from '../model/error.ts'
import type { KubeObject } from './kube-object.ts'

/** Objects of one type that are kept: a site has a few thousand of its own at most. */
const MAX_OBJECTS = 50_000
/** Deletions that a watch has not confirmed yet. */
const MAX_BURIED = 1000

/** The newest known version of each object of a type, whatever order news of them comes in. */
export class ObjectCache<T extends KubeObject> {
  readonly #plural: string
  readonly #objects = new Map<string, T>()
  readonly #buried = new Set<string>()
  #sorted: readonly T[] | undefined

  constructor(plural: string) {
    this.#plural = plural
  }

  /** Sorted by name. */
  items(): readonly T[] {
    return (this.#sorted ??= [...this.#objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object))
  }

  /** Of several namespaces, the first that has the name. */
  get(name: string, namespace?: string): T | undefined {
    if (namespace !== undefined) return this.#objects.get(`${namespace}/${name}`)
    return this.items().find(({ metadata }) => metadata.name === name)
  }

  /** True where that is news. Throws `kube/too-large` where there are too many objects. */
  put(object: T): boolean {
    const { uid } = object.metadata
    if (uid !== undefined && this.#buried.has(uid)) return false
    const known = this.#objects.get(keyOf(object))
    if (known !== undefined && !isNewer(object, known)) return false
    if (known === undefined && this.#objects.size >= MAX_OBJECTS) throw this.#tooMany()
    this.#objects.set(keyOf(object), slim(object))
    this.#sorted = undefined
    return true
  }

  /** True where that is news. A deletion of an older object of that name is none. */
  remove(object: T): boolean {
    this.#buried.delete(object.metadata.uid ?? '')
    if (this.#objects.get(keyOf(object))?.metadata.uid !== object.metadata.uid) return false
    this.#sorted = undefined
    return this.#objects.delete(keyOf(object))
  }

  /** Forgets an object though news of it may still come. One that has finalizers is still there. */
  bury(name: string): void {
    const known = this.get(name)
    if (known === undefined || (known.metadata.finalizers ?? []).length > 0) return
    if (this.#buried.size >= MAX_BURIED) this.#buried.clear()
    if (known.metadata.uid !== undefined) this.#buried.add(known.metadata.uid)
    this.#objects.delete(keyOf(known))
    this.#sorted = undefined
  }

  /** Everything as of now. True where anything is different. */
  replaceAll(objects: readonly T[]): boolean {
    if (objects.length > MAX_OBJECTS) throw this.#tooMany()
    const before = new Map([...this.#objects].map(([key, { metadata }]) => [key, versionOf(metadata)]))
    this.#objects.clear()
    this.#buried.clear()
    this.#sorted = undefined
    for (const object of objects) this.#objects.set(keyOf(object), slim(object))
    return (
      before.size !== objects.length || objects.some((each) => before.get(keyOf(each)) !== versionOf(each.metadata))
    )
  }

  #tooMany(): SkupperError {
    const message = `There are more than ${String(MAX_OBJECTS)} ${this.#plural}`
    return new SkupperError('kube/too-large', message, { wanted: `at most ${String(MAX_OBJECTS)}` })
  }
}

function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

function versionOf({ uid = '', resourceVersion = '' }: KubeObject['metadata']): string {
  return `${uid} ${resourceVersion}`
}

/** Versions are numbers that grow; where they are not, whatever comes later counts as newer. */
function isNewer(next: KubeObject, known: KubeObject): boolean {
  const [a, b] = [next, known].map(({ metadata }) => metadata.resourceVersion ?? '')
  if (a === undefined || b === undefined || !/^\d+$/.test(a) || !/^\d+$/.test(b)) return true
  return BigInt(a) > BigInt(b)
}

/** Without the record of who wrote what, which is as large as the rest. */
function slim<T extends KubeObject>(object: T): T {
  return { ...object, metadata: { ...object.metadata, managedFields: undefined } }
}
