import { createHash, randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SkupperError } from '../model/error.ts'
import { isKind, parseResource, type Kind, type Resource, type ResourceOf } from '../model/resource.ts'
import type { Snapshot, StoreProblem } from '../model/site-store.ts'
import { makeDirectory, replaceFile, syncDirectory, writeFileAtomic } from './atomic-file.ts'
import { optional } from './file-error.ts'
import { LastGood } from './last-good.ts'
import { isOwn, merged } from './merge.ts'
import { ResourceDirectory, type FiledResource } from './resource-directory.ts'
import { formatResource, isResource, parseResourceFile, withResource, type ResourceId } from './resource-file.ts'
import { inputVersion, isSame, runtimeVersion, type Birth } from './resource-versions.ts'
import type { WriteAccess } from './write-access.ts'

export const INPUT = 'input/resources'
export const RUNTIME = 'runtime/resources'
const SNAPSHOT = 'internal/snapshot'
/** File systems allow names of 255 bytes; ours leave room for an ending. */
const MAX_FILE_NAME = 230

const WRITES_AT_ONCE = 16

export interface NamespaceResourcesOptions {
  readonly root: string
  readonly access: WriteAccess
  readonly now: () => Date
}

/** The resources of a namespace: what users wrote in one directory, what controllers wrote in another. */
export class NamespaceResources {
  readonly #options: NamespaceResourcesOptions
  readonly #input: ResourceDirectory
  readonly #runtime: ResourceDirectory

  constructor(options: NamespaceResourcesOptions) {
    this.#options = options
    this.#input = new ResourceDirectory(this.#path(INPUT), new LastGood(this.#path(SNAPSHOT)))
    this.#runtime = new ResourceDirectory(this.#path(RUNTIME))
  }

  async list<K extends Kind>(kind: K): Promise<ResourceOf<K>[]> {
    const [input, runtime] = await Promise.all([this.#input.read(), this.#runtime.read(`${kind}-`)])
    return merged(ofKind(kind, input.filed), ofKind(kind, runtime.filed))
  }

  async apply(resource: Resource): Promise<void> {
    const wish = parseResource(resource)
    const id = idOf(wish)
    await makeDirectory(this.#path(INPUT))
    await this.#options.access.exclusively(async () => {
      const filed = await this.#findInput(id)
      const known = filed?.resource ?? (await this.#findRuntime(id))
      const next = inputVersion(wish, known, this.#birth())
      if (!isSame(filed?.resource, next)) await this.#replaceInput(filed?.file, id, next)
    })
  }

  /** Everything of every kind, by kind and name, and what cannot be read, all in one look. */
  async snapshot(): Promise<Snapshot> {
    const [input, runtime] = await Promise.all([this.#input.read(), this.#runtime.read()])
    const kinds = new Set([...input.filed, ...runtime.filed].map(({ resource }) => resource.kind))
    return {
      resources: [...kinds].sort().flatMap((kind) => merged(ofKind(kind, input.filed), ofKind(kind, runtime.filed))),
      problems: [...within(INPUT, input.problems), ...within(RUNTIME, runtime.problems)],
    }
  }

  async applyRuntime(resources: readonly Resource[]): Promise<void> {
    const views = resources.map((resource) => parseResource(resource))
    if ((await this.#changedRuntime(views)).length === 0) return
    await this.#options.access.exclusively(async () => {
      await makeDirectory(this.#path(RUNTIME))
      for (const batch of batches(await this.#changedRuntime(views))) {
        await Promise.all(
          batch.map((next) => replaceFile(this.#path(RUNTIME, fileNameOf(idOf(next))), formatResource(next))),
        )
      }
      await syncDirectory(this.#path(RUNTIME))
    })
  }

  async delete(kind: Kind, name: string): Promise<boolean> {
    const id = { kind, name }
    if (((await this.#findInput(id)) ?? (await this.#findRuntime(id))) === undefined) return false
    return this.#options.access.exclusively(async () => {
      let isFound = await this.#removeRuntime(id)
      for (let filed = await this.#findInput(id); filed !== undefined; filed = await this.#findInput(id)) {
        await this.#editInput(filed.file, id, undefined)
        isFound = true
      }
      return isFound
    })
  }

  async deleteRuntime(kind: Kind, name: string): Promise<boolean> {
    const id = { kind, name }
    if ((await this.#findRuntime(id)) === undefined) return false
    return this.#options.access.exclusively(() => this.#removeRuntime(id))
  }

  async #findInput(id: ResourceId): Promise<FiledResource | undefined> {
    return (await this.#input.read()).filed.find(({ resource }) => isResource(resource, id))
  }

  async #findRuntime(id: ResourceId): Promise<Resource | undefined> {
    const { filed } = await this.#runtime.read(fileNameOf(id))
    return filed.find(({ resource }) => isResource(resource, id))?.resource
  }

  /** What would be written for a controller's views, as far as it is not there already. */
  async #changedRuntime(views: readonly Resource[]): Promise<Resource[]> {
    const [only] = views
    const prefix = only !== undefined && views.length === 1 ? fileNameOf(idOf(only)) : ''
    const [input, runtime] = await Promise.all([this.#input.read(), this.#runtime.read(prefix)])
    const written = byId(input.filed)
    const known = byId(runtime.filed)
    return views.flatMap((view) => {
      const wish = written.get(keyOf(view))
      const before = known.get(keyOf(view))
      // Somebody removed it after the controller read it: what is written now would bring it back.
      if (view.metadata.uid !== undefined && wish === undefined && !isOwn(before)) return []
      const next = runtimeVersion(view, { input: wish, before }, this.#birth())
      return isSame(before, next) ? [] : [next]
    })
  }

  async #replaceInput(file: string | undefined, id: ResourceId, next: Resource): Promise<void> {
    const isOtherForm = file?.endsWith('.json') === true
    await this.#editInput(file === undefined || isOtherForm ? fileNameOf(id) : file, id, next)
    // We write YAML only; the JSON goes when the YAML is safe.
    if (isOtherForm) await this.#editInput(file, id, undefined)
  }

  async #editInput(file: string, id: ResourceId, next: Resource | undefined): Promise<void> {
    const path = this.#path(INPUT, file)
    const text = (await optional(readFile(path, 'utf8'))) ?? ''
    const [problem] = parseResourceFile(text).problems
    if (problem !== undefined) {
      const place = problem.line === undefined ? `${INPUT}/${file}` : `${INPUT}/${file}, line ${String(problem.line)}`
      throw new SkupperError('store/broken-file', `${place}: ${problem.message}. Mend or remove the file first.`)
    }
    const edited = withResource(text, id, next)
    await (edited === undefined ? rm(path, { force: true }) : writeFileAtomic(path, edited))
  }

  async #removeRuntime(id: ResourceId): Promise<boolean> {
    if ((await this.#findRuntime(id)) === undefined) return false
    await rm(this.#path(RUNTIME, fileNameOf(id)), { force: true })
    return true
  }

  #birth(): Birth {
    return { uid: randomUUID(), creationTimestamp: this.#options.now().toISOString() }
  }

  #path(...parts: string[]): string {
    return join(this.#options.root, ...parts)
  }
}

function byId(filed: readonly FiledResource[]): Map<string, Resource> {
  return new Map(filed.map(({ resource }) => [keyOf(resource), resource]))
}

function keyOf({ kind, metadata }: Resource): string {
  return `${kind} ${metadata.name}`
}

/** As many at a time as the disk can well use. */
function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += WRITES_AT_ONCE) yield items.slice(at, at + WRITES_AT_ONCE)
}

function ofKind<K extends Kind>(kind: K, filed: readonly FiledResource[]): ResourceOf<K>[] {
  return filed.map(({ resource }) => resource).filter((resource) => isKind(resource, kind))
}

function within(directory: string, problems: readonly StoreProblem[]): StoreProblem[] {
  return problems.map((problem) => ({ ...problem, file: join(directory, problem.file) }))
}

function idOf({ kind, metadata }: Resource): ResourceId {
  return { kind, name: metadata.name }
}

function fileNameOf({ kind, name }: ResourceId): string {
  const stem = `${kind}-${name}`
  if (stem.length <= MAX_FILE_NAME) return `${stem}.yaml`
  const hash = createHash('sha256').update(stem).digest('hex').slice(0, 16)
  return `${stem.slice(0, MAX_FILE_NAME - hash.length - 1)}-${hash}.yaml`
}
