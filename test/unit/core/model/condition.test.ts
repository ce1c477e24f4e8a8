import { describe, expect, it } from 'vitest'
import {
  isCurrent,
  isTrue,
  readyFrom,
  withCondition,
  withReady,
  type ConditionedStatus,
} from '../../../../core/model/condition.ts'

const MORNING = new Date('2026-11-23T08:00:00Z')
const NOON = new Date('2026-11-23T12:00:00Z')
const ok = { type: 'Configured', status: 'True', reason: 'Ready', message: 'OK' } as const

describe('withCondition', () => {
  it('adds a condition and keeps the rest of the status', () => {
    const status = withCondition<ConditionedStatus & { code?: string }>({ code: 'x' }, ok, MORNING)
    expect(status).toEqual({ code: 'x', conditions: [{ ...ok, lastTransitionTime: '2026-11-23T08:00:00.000Z' }] })
  })

  it('moves the time only where the status changes, and keeps the place', () => {
    const first = withCondition(withCondition(undefined, ok, MORNING), { ...ok, type: 'Running' }, MORNING)
    const same = withCondition(first, { ...ok, message: 'still OK' }, NOON)
    expect(same.conditions?.map(({ type }) => type)).toEqual(['Configured', 'Running'])
    expect(same.conditions?.[0]).toMatchObject({ message: 'still OK', lastTransitionTime: MORNING.toISOString() })
    const other = withCondition(first, { ...ok, status: 'False' }, NOON)
    expect(other.conditions?.[0]).toMatchObject({ status: 'False', lastTransitionTime: NOON.toISOString() })
  })

  it('changes nothing of what it is given', () => {
    const before = Object.freeze({ conditions: Object.freeze([]) as never })
    expect(withCondition(before, ok, MORNING).conditions).toHaveLength(1)
  })
})

describe('readyFrom', () => {
  const failed = { type: 'Matched', status: 'False', reason: 'Pending', message: 'No matching connectors' } as const

  it('waits for the first condition that is missing', () => {
    expect(readyFrom({ conditions: [ok] }, ['Configured', 'Matched', 'Running'])).toEqual({
      type: 'Ready',
      status: 'False',
      reason: 'Pending',
      message: 'Not Matched',
    })
    expect(readyFrom(undefined, ['Configured'])).toMatchObject({ message: 'Not Configured' })
  })

  it('has the reason of the first condition that is not true', () => {
    expect(readyFrom({ conditions: [failed, ok] }, ['Configured', 'Matched'])).toMatchObject({
      status: 'False',
      reason: 'Pending',
      message: 'No matching connectors',
    })
    expect(readyFrom({ conditions: [{ type: 'A', status: 'Unknown' }] }, ['A'])).toMatchObject({ message: 'Not A' })
  })

  it('is ready otherwise', () => {
    expect(readyFrom({ conditions: [ok] }, ['Configured'])).toEqual({ ...ok, type: 'Ready' })
    expect(readyFrom(undefined, [])).toMatchObject({ status: 'True' })
  })
})

it('withReady says it at the top too', () => {
  const status = withReady(withCondition(undefined, ok, MORNING), ['Configured'], { now: MORNING, generation: 3 })
  expect(status).toMatchObject({ status: 'Ready', message: 'OK' })
  expect(status.conditions?.[1]).toMatchObject({ type: 'Ready', observedGeneration: 3 })
  expect(isTrue(status, 'Ready')).toBe(true)
  expect(isTrue(status, 'Running')).toBe(false)
  expect(isTrue(undefined, 'Ready')).toBe(false)
})

it('tells what was said of an earlier spec', () => {
  const ready = { type: 'Ready', status: 'True' as const, observedGeneration: 2 }
  const observed = (generation: number) => isCurrent({ metadata: { generation }, status: { conditions: [ready] } })
  expect([observed(1), observed(2), observed(3)]).toEqual([true, true, false])
  expect(isCurrent({ metadata: { generation: 1 } })).toBe(true)
})
