import { withCondition, withReady, type Condition, type ConditionedStatus } from '../../core/model/condition.ts'

/** Why something is not as it should be: Pending passes by itself, Error needs somebody to act. */
export interface Trouble {
  readonly reason: 'Pending' | 'Error'
  readonly message: string
}

/** What there is to say under one condition type: trouble, or that all is well, perhaps with a remark. */
export interface Statement {
  readonly type: string
  readonly trouble: Trouble | undefined
  readonly remark?: string | undefined
}

export interface StatementOptions {
  /** The conditions Ready depends on, in the order in which they are named when missing. */
  readonly required: readonly string[]
  readonly now: Date
  readonly generation: number | undefined
}

/** The status with these conditions set and Ready derived from them, by the rules of Skupper v2. */
export function withStatements<S extends ConditionedStatus>(
  status: S,
  statements: readonly Statement[],
  { required, now, generation }: StatementOptions,
): S {
  const observed = generation === undefined ? {} : { observedGeneration: generation }
  const stated = statements.reduce((before, statement) => {
    return withCondition(before, { ...conditionOf(statement), ...observed }, now)
  }, status)
  return withReady(stated, required, { now, generation })
}

export function pending(message: string): Trouble {
  return { reason: 'Pending', message }
}

export function error(message: string): Trouble {
  return { reason: 'Error', message }
}

function conditionOf({ type, trouble, remark }: Statement): Condition {
  if (trouble === undefined) return { type, status: 'True', reason: 'Ready', message: remark ?? 'OK' }
  return { type, status: 'False', ...trouble }
}
