import { z } from 'zod'

export const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().optional(),
  message: z.string().optional(),
  observedGeneration: z.number().optional(),
  lastTransitionTime: z.string().optional(),
})

/** One statement about a resource. `reason` is Ready, Pending or Error; `message` is "OK" where nothing is wrong. */
export interface Condition {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason?: string | undefined
  message?: string | undefined
  /** metadata.generation of the spec that this speaks of. */
  observedGeneration?: number | undefined
  /** RFC 3339; when `status` last changed. */
  lastTransitionTime?: string | undefined
}

/** The part of every status that conditions live in. */
export interface ConditionedStatus {
  status?: string | undefined
  message?: string | undefined
  conditions?: Condition[] | undefined
}

/** The status with this condition set. The transition time moves only where the condition's status changes. */
export function withCondition<S extends ConditionedStatus>(status: S | undefined, given: Condition, now: Date): S {
  const conditions = status?.conditions ?? []
  const before = conditions.find(({ type }) => type === given.type)
  const since = before?.status === given.status ? before.lastTransitionTime : undefined
  const next = { ...given, lastTransitionTime: since ?? now.toISOString() }
  const others = conditions.filter(({ type }) => type !== given.type)
  const list = before === undefined ? [...others, next] : conditions.map((old) => (old === before ? next : old))
  return { ...status, conditions: list } as S
}

/** True where the condition is there and says True. */
export function isTrue(status: ConditionedStatus | undefined, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
}

/** False where what is said of a resource was said of an earlier spec. */
export function isCurrent({ metadata, status }: Observed): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.observedGeneration === undefined || ready.observedGeneration >= (metadata.generation ?? 0)
}

interface Observed {
  metadata: { generation?: number | undefined }
  status?: ConditionedStatus | undefined
}

/**
 * The Ready condition of Skupper v2: the first required condition that is missing makes it Pending, the first that is
 * not True gives it its reason and message, else it is Ready with the message "OK".
 */
export function readyFrom(status: ConditionedStatus | undefined, required: readonly string[]): Condition {
  for (const type of required) {
    const condition = status?.conditions?.find((candidate) => candidate.type === type)
    if (condition === undefined) return { type: 'Ready', status: 'False', reason: 'Pending', message: `Not ${type}` }
    if (condition.status !== 'True') {
      const { reason = 'Pending', message = `Not ${type}` } = condition
      return { type: 'Ready', status: 'False', reason, message }
    }
  }
  return { type: 'Ready', status: 'True', reason: 'Ready', message: 'OK' }
}

/** The status with its Ready condition derived, and `status` and `message` at its top set from it. */
export function withReady<S extends ConditionedStatus>(
  status: S,
  required: readonly string[],
  { now, generation }: { now: Date; generation?: number | undefined },
): S {
  const ready = readyFrom(status, required)
  const dated = generation === undefined ? ready : { ...ready, observedGeneration: generation }
  const { reason, message } = ready
  return { ...withCondition(status, dated, now), status: reason, message }
}
