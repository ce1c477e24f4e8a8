import type { Kind, Resource } from '../../core/model/resource.ts'
import type { EngineCapabilities } from './engine-capabilities.ts'
import type { EntityConfig } from './entities.ts'
import type { RouterFacts } from './router-facts.ts'
import type { SslProfiles } from './ssl-profiles.ts'

/** What a group of resources becomes. */
export interface Rendered {
  readonly entities: readonly EntityConfig[]
  readonly notes: readonly ConfigNote[]
}

/**
 * What is to be said of a resource beside its entities. With reason Pending or Error it has none, and this is the
 * reason and message of its condition Configured; with reason Ready it has them, and this is a remark.
 */
export interface ConfigNote {
  readonly kind: Kind
  readonly name: string
  readonly reason: 'Pending' | 'Error' | 'Ready'
  readonly message: string
}

/** What rendering one resource needs beside it. */
export interface RenderContext {
  readonly facts: RouterFacts
  readonly capabilities: EngineCapabilities
  readonly profiles: SslProfiles
  readonly mode: 'interior' | 'edge'
}

/** The resource has no entities, because of something that may come: it will be tried again. */
export function pending(resource: Resource, message: string): Rendered {
  return { entities: [], notes: [note(resource, 'Pending', message)] }
}

/** The resource has no entities, and needs to be changed to have some. */
export function refused(resource: Resource, message: string): Rendered {
  return { entities: [], notes: [note(resource, 'Error', message)] }
}

export function note(resource: Resource, reason: ConfigNote['reason'], message: string): ConfigNote {
  return { kind: resource.kind, name: resource.metadata.name, reason, message }
}

/** The results of several resources as one. */
export function together(results: readonly Rendered[]): Rendered {
  return {
    entities: results.flatMap(({ entities }) => entities),
    notes: results.flatMap(({ notes }) => notes),
  }
}
