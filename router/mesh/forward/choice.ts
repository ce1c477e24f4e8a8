import { TREATMENT, type Treatment } from '../treatments.ts'

/** Somewhere a message may go. `outstanding` counts the deliveries sent there that are not settled. */
export interface Candidate {
  readonly outstanding: number
  /** Cost of the path; 0 for a consumer of this router. */
  readonly cost: number
}

/**
 * The one of `candidates` that gets the next message (protocol sheet, section 2, "Routes"). Balanced: the least
 * outstanding plus path cost. Closest: the cheapest. Equals take turns: `turn` is any number that grows.
 */
export function chooseOne<C extends Candidate>(
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

function balancedWeight(candidate: Candidate): number {
  return candidate.outstanding + candidate.cost
}

function closestWeight(candidate: Candidate): number {
  return candidate.cost
}
