import { z } from 'zod'
import { INJECTED_ANNOTATION } from '../annotation-names.ts'
import { SkupperError } from '../error.ts'
import type { Labels } from '../labels.ts'
import { quoted } from '../schema-issue.ts'

/** Everything that the webhook wrote into an object, by where it stands. */
export interface Injected {
  readonly annotations: Labels
  readonly labels: Labels
  /** In the pod template. Of a list of ports only those that were added. */
  readonly podAnnotations: Labels
  readonly podLabels: Labels
}

export const NOTHING_INJECTED: Injected = { annotations: {}, labels: {}, podAnnotations: {}, podLabels: {} }

const PLACES = ['annotations', 'labels', 'podAnnotations', 'podLabels'] as const

const map = z.record(z.string(), z.string()).optional()
const injectedSchema = z.object({ annotations: map, labels: map, podAnnotations: map, podLabels: map })

/**
 * What the webhook recorded in `skupper.io/injected`. Throws `exposure/injected` for a text that it did not write: what
 * is the user's and what is not cannot be told then.
 */
export function parseInjected(text: string | undefined): Injected {
  if (text === undefined) return NOTHING_INJECTED
  const result = injectedSchema.safeParse(jsonOf(text))
  if (result.success) {
    const { annotations = {}, labels = {}, podAnnotations = {}, podLabels = {} } = result.data
    return { annotations, labels, podAnnotations, podLabels }
  }
  const wanted = 'what the webhook wrote there; remove this annotation, and it writes it anew'
  const message = `annotation ${INJECTED_ANNOTATION} is ${quoted(text)}; wanted ${wanted}`
  throw new SkupperError('exposure/injected', message, { given: text, wanted })
}

/** The text of the record, the same for the same content; undefined where nothing was written. */
export function formatInjected(injected: Injected): string | undefined {
  const record: Record<string, Labels> = {}
  for (const place of PLACES) {
    const written = injected[place]
    const keys = Object.keys(written).sort()
    if (keys.length > 0) record[place] = Object.fromEntries(keys.map((key) => [key, written[key] ?? '']))
  }
  return Object.keys(record).length === 0 ? undefined : JSON.stringify(record)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
