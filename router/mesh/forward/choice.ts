import { TREATMENT, type Treatment } from '../treatments.ts'

/** What speaks against a place. `outstanding` counts the deliveries sent there that are not settled. */
export interface Weighed {
  readonly outstanding: number
  /** Cost of the path; 0 for a consumer of this router. */
  readonly cost: number
}

/** What tells one place that a message may go to from another. */
export type Place = object | string

/** Somewhere a message may go. */
export interface Candidate extends Weighed {
  /** What tells it from others, for whoever tries one after the other: itself, or the id of a router. */
  readonly place: Place
  /** Its last connection was refused, a moment ago. */
  readonly resting: boolean
}

/**
 * The one of `candidates` that gets the next message (protocol sheet, section 2, "Routes"). Balanced: the least
 * outstanding plus path cost. Closest: the cheapest. Equals take turns: `turn` is any number that grows.
 */
export function chooseOne<C extends Weighed>(
  candidates: readonly C[],
  treatment: Treatment,
  turn: number,
): C | undefined {
  if (treatment === TREATMENT.unavailable) return undefined
  const weightOf = treatment === TREATMENT.balanced ? balancedWeight : closestWeight
  let least = Infinity
  let best: C[] = []
  for (const candidate of candidates) {
    const weight = weightOf(candidate)
    if (weight < least) {
      least = weight
      best = [candidate]
    } else if (weight === least) best.push(candidate)
  }
  return best[turn % best.length]
}

/**
 * Those of `candidates` that are worth a try: neither tried before nor resting. Where there is none, those that were
 * not tried; where all were, those that do not rest: behind a router may be more than one target.
 */
export function worthTrying<C extends Candidate>(candidates: readonly C[], tried: readonly Place[]): readonly C[] {
  const untried = candidates.filter(({ place }) => !tried.includes(place))
  const left = untried.length > 0 ? untried : candidates
  const awake = left.filter(({ resting }) => !resting)
  return awake.length > 0 ? awake : left
}

function balancedWeight(candidate: Weighed): number {
  return candidate.outstanding + candidate.cost
}

function closestWeight(candidate: Weighed): number {
  return candidate.cost
}
