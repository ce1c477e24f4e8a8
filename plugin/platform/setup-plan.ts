import type { Setup } from './platform.ts'

/** An object or resource that `init` would write. */
export interface PlannedObject {
  readonly action: 'create' | 'change' | 'remove'
  readonly object: { readonly kind: string; readonly metadata: { readonly name: string } }
}

/** What `init` would do: as `Setup`, and what it would write, without secrets. */
export interface SetupPlan extends Setup {
  readonly objects: readonly PlannedObject[]
}

/** A line for each object, and for each setting that changes. */
export function planLines({ changes, objects }: SetupPlan): string[] {
  const lines = objects.map(({ action, object }) => `${action} ${object.kind} ${object.metadata.name}`)
  return lines.length === 0 ? ['No changes.'] : [...changes, ...lines, 'Nothing was done: this is a dry run.']
}

/** The objects as one that `kubectl apply` takes. */
export function planDocument({ objects }: SetupPlan): object {
  return { apiVersion: 'v1', kind: 'List', items: objects.map(({ object }) => object) }
}
