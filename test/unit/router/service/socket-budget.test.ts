import { expect, test } from 'vitest'
import { SocketBudget } from '../../../../router/service/socket-budget.ts'

function watched(max: number) {
  const budget = new SocketBudget(max)
  const heard: boolean[] = []
  const stop = budget.watch((spent) => heard.push(spent))
  const take = (count: number) => {
    for (let n = 0; n < count; n++) budget.take()
  }
  const giveBack = (count: number) => {
    for (let n = 0; n < count; n++) budget.giveBack()
  }
  return { budget, heard, stop, take, giveBack }
}

test('it is spent with the last socket, and says so once', () => {
  const { budget, heard, take } = watched(20)
  take(19)
  expect(budget.spent).toBe(false)
  take(3)
  expect(budget.spent).toBe(true)
  expect(heard).toEqual([true])
})

test('it is there again when a tenth is free, and not before', () => {
  const { budget, heard, take, giveBack } = watched(20)
  take(20)
  giveBack(1)
  expect(budget.spent).toBe(true)
  giveBack(1)
  expect(budget.spent).toBe(false)
  expect(heard).toEqual([true, false])
})

test('who has stopped watching hears no more', () => {
  const { heard, stop, take } = watched(2)
  stop()
  take(2)
  expect(heard).toEqual([])
})

test('without a bound it is never spent', () => {
  const { budget, take } = watched(Infinity)
  take(100_000)
  expect(budget.spent).toBe(false)
})
