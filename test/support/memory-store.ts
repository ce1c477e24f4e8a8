import { isDeepStrictEqual } from 'node:util'
import { SkupperError } from '../../core/model/error.ts'
import { isKind, parseResource } from '../../core/model/resource.ts'
import type { Kind, Resource, ResourceOf } from '../../core/model/resource.ts'

/** Resources in memory, copied in and out as a real store would, with places to make it fail. */
export class MemoryStore {
  readonly #resources = new Map<string, string>()
  /** Runs before each write; what it throws, the write throws. */
  beforeWrite: (resource: Resource) => void = () => undefined
  writes = 0

  constructor(resources: readonly Resource[] = []) {
    for (const resource of resources) this.put(resource)
  }

  put(resource: Resource): void {
    this.#resources.set(`${resource.kind} ${resource.metadata.name}`, JSON.stringify(resource))
  }

  async list<K extends Kind>(kind: K): Promise<ResourceOf<K>[]> {
    await Promise.resolve()
    const resources = [...this.#resources.values()].map((text) => parseResource(JSON.parse(text)))
    return resources.filter((resource): resource is ResourceOf<K> => isKind(resource, kind))
  }

  async get<K extends Kind>(kind: K, name: string): Promise<ResourceOf<K> | undefined> {
    return (await this.list(kind)).find((resource) => resource.metadata.name === name)
  }

  async applyRuntime(resource: Resource): Promise<void> {
    await Promise.resolve()
    this.beforeWrite(resource)
    const before = this.#resources.get(`${resource.kind} ${resource.metadata.name}`)
    this.put(resource)
    const plain: unknown = JSON.parse(JSON.stringify(resource))
    if (before === undefined || !isDeepStrictEqual(JSON.parse(before), plain)) this.writes += 1
  }

  async deleteRuntime(kind: Kind, name: string): Promise<boolean> {
    await Promise.resolve()
    return this.#resources.delete(`${kind} ${name}`)
  }
}

/** What a store throws that was written by somebody else in between. */
export function conflict(): SkupperError {
  return new SkupperError('store/conflict', 'somebody else wrote it')
}
