import { expect, test } from 'vitest'
import type { ConditionedStatus } from '../../../../core/model/condition.ts'
import { error, pending, withStatements } from '../../../../controller/site/statements.ts'
import { conditionOf } from '../../../support/machine-resources.ts'

const options = { required: ['A', 'B'], now: new Date('2026-11-23T08:00:00Z'), generation: 3 }

test('what is well says OK or a remark; what is not says why', () => {
  const status = withStatements(
    {},
    [
      { type: 'A', trouble: undefined, remark: 'by the way' },
      { type: 'B', trouble: undefined },
    ],
    options,
  )
  expect(conditionOf({ status }, 'A')).toBe('True Ready by the way')
  expect(conditionOf({ status }, 'Ready')).toBe('True Ready OK')
  const bad = withStatements(status, [{ type: 'B', trouble: error('broken') }], options)
  expect(bad).toMatchObject({ status: 'Error', message: 'broken' })
  const waiting = withStatements(bad, [{ type: 'A', trouble: pending('not yet') }], options)
  expect(waiting).toMatchObject({ status: 'Pending', message: 'not yet' })
})

test('every condition says of which generation it speaks', () => {
  const { conditions } = withStatements({ conditions: [] }, [{ type: 'A', trouble: undefined }], options)
  expect(conditions).toMatchObject([{ observedGeneration: 3 }, { observedGeneration: 3 }])
})

test('facts beside the conditions stay', () => {
  const counted: ConditionedStatus & { redemptions: number } = { redemptions: 4 }
  expect(withStatements(counted, [], options)).toMatchObject({ redemptions: 4 })
})
