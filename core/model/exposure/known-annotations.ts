import { EFFECTLESS_ANNOTATIONS, INJECTED_ANNOTATION, USER_ANNOTATIONS } from '../annotation-names.ts'
import type { Labels } from '../labels.ts'

const PREFIX = 'skupper.io/'
/** Of a thousand unknown keys these many are told. */
const MAX_TOLD = 10
const MAX_KEY = 317

const KNOWN: readonly string[] = [...Object.values(USER_ANNOTATIONS), ...EFFECTLESS_ANNOTATIONS, INJECTED_ANNOTATION]

/** A sentence for each `skupper.io/` annotation that means nothing, with the name that was probably meant. */
export function unknownAnnotations(annotations: Labels): string[] {
  const unknown = Object.keys(annotations).filter((key) => key.startsWith(PREFIX) && !KNOWN.includes(key))
  const told = unknown.slice(0, MAX_TOLD).map((key) => {
    return `annotation ${key.slice(0, MAX_KEY)} is not known; did you mean ${nearest(key, KNOWN)}?`
  })
  const rest = unknown.length - told.length
  return rest === 0 ? told : [...told, `${String(rest)} more skupper.io/ annotations are not known`]
}

/** The candidate with the fewest letters changed. */
export function nearest(given: string, candidates: readonly string[]): string {
  const text = given.slice(0, MAX_KEY)
  const ranked = candidates.map((candidate) => ({ candidate, distance: editDistance(text, candidate) }))
  return ranked.reduce((best, next) => (next.distance < best.distance ? next : best)).candidate
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, position) => position)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
