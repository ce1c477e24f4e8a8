import type { KubeObject } from '../core/kube/kube-object.ts'
import { SkupperError } from '../core/model/error.ts'
import { readExposable, type ExposableObject } from '../core/model/exposure/exposable-object.ts'
import type { ExposureDecision } from '../core/model/exposure/exposure.ts'
import type { ExposedObject } from './cluster-view.ts'

export interface ExposedSource {
  /** Services and workloads that carry the label of exposed ones. */
  readonly objects: () => Iterable<KubeObject>
  readonly decide: (object: ExposableObject) => ExposureDecision
}

interface Known extends ExposedObject {
  readonly address: string
}

/**
 * Which objects are exposed under which address. A cluster may have thousands of them, and while they are applied each
 * review finds them changed: so each is read and decided on once, and anew only when the rules change.
 */
export class ExposedObjects {
  readonly #source: ExposedSource
  #known = new WeakMap<KubeObject, Known | 'none'>()
  #places: Map<string, ExposedObject[]> | undefined

  constructor(source: ExposedSource) {
    this.#source = source
  }

  /** Those of a namespace that are exposed under this address. */
  at(namespace: string, address: string): readonly ExposedObject[] {
    this.#places ??= this.#gathered()
    return this.#places.get(placeOf(namespace, address)) ?? []
  }

  /** To be called when the objects are others than before. */
  objectsChanged(): void {
    this.#places = undefined
  }

  /** To be called when the same object may be decided on differently. */
  rulesChanged(): void {
    this.#known = new WeakMap()
    this.#places = undefined
  }

  #gathered(): Map<string, ExposedObject[]> {
    const places = new Map<string, ExposedObject[]>()
    for (const item of this.#source.objects()) {
      const known = this.#knownOf(item)
      if (known === 'none') continue
      const place = placeOf(known.object.namespace, known.address)
      const there = places.get(place)
      if (there === undefined) places.set(place, [known])
      else there.push(known)
    }
    return places
  }

  #knownOf(item: KubeObject): Known | 'none' {
    const before = this.#known.get(item)
    if (before !== undefined) return before
    const known = this.#read(item)
    this.#known.set(item, known)
    return known
  }

  #read(item: KubeObject): Known | 'none' {
    const object = soundObject(item)
    if (object === undefined) return 'none'
    const decision = this.#source.decide(object)
    if (decision.outcome !== 'exposed') return 'none'
    const { address, ports } = decision.exposure
    return { object, address, ports: ports.map(({ port }) => port) }
  }
}

function placeOf(namespace: string, address: string): string {
  return `${namespace}/${address}`
}

function soundObject(item: KubeObject): ExposableObject | undefined {
  try {
    return readExposable(item, item.metadata.namespace ?? '')
  } catch (error) {
    if (error instanceof SkupperError) return undefined
    throw error
  }
}
