import { checkResource, issueMessage, isKind, type Kind, type Resource, type ResourceOf } from '../model/resource.ts'
import type { StoreProblem } from '../model/site-store.ts'
import type { KubeObject } from './kube-object.ts'

interface Read {
  /** What it was read from: the same object needs no second look. */
  readonly object: KubeObject
  /** What it is, or what it last was when it was sound. */
  readonly resource: Resource | undefined
  readonly problem: StoreProblem | undefined
}

/** Reads objects of an API server as resources; one that is not sound counts as what it last was. */
export class ResourceReader {
  #read = new Map<string, Read>()

  /** The resources among objects of one kind. */
  all<K extends Kind>(kind: K, objects: readonly KubeObject[]): ResourceOf<K>[] {
    return objects.flatMap((object) => this.one(kind, object) ?? [])
  }

  one<K extends Kind>(kind: K, object: KubeObject): ResourceOf<K> | undefined {
    const { resource } = this.#look(object)
    return resource !== undefined && isKind(resource, kind) ? resource : undefined
  }

  /** The problems of what was read and not forgotten, as `KIND/NAME`. */
  get problems(): StoreProblem[] {
    return [...this.#read.values()].flatMap(({ problem }) => problem ?? [])
  }

  /** Forgets all other objects. */
  keepOnly(objects: readonly KubeObject[]): void {
    this.#read = new Map(objects.map((object) => [keyOf(object), this.#look(object)]))
  }

  #look(object: KubeObject): Read {
    const known = this.#read.get(keyOf(object))
    if (known?.object === object) return known
    const checked = checkResource(object)
    const { kind, metadata } = object
    const read =
      'resource' in checked
        ? { object, resource: checked.resource, problem: undefined }
        : {
            object,
            resource: known?.resource,
            problem: { file: `${kind}/${metadata.name}`, message: issueMessage(checked.issue) },
          }
    this.#read.set(keyOf(object), read)
    return read
  }
}

/** An object made again under the same name is another one. */
function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name} ${metadata.uid ?? ''}`
}
