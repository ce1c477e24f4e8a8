import { expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { Pending } from '../../../../router/amqp/pending.ts'

test('it is settled once, by whoever is first', async () => {
  const pending = new Pending<number>(10_000, 'no number')
  expect(pending.settled).toBe(false)
  pending.resolve(1)
  pending.resolve(2)
  pending.reject(new SkupperError('test/late', 'late'))
  expect(pending.settled).toBe(true)
  expect(await pending.promise).toBe(1)
})

test('a rejection that nobody waits for is no fault', async () => {
  const pending = new Pending<number>(10_000, 'no number')
  pending.reject(new SkupperError('test/over', 'over'))
  await new Promise(setImmediate)
  await expect(pending.promise).rejects.toMatchObject({ code: 'test/over' })
})

test('time settles what nobody else does', async () => {
  await expect(new Pending(10, 'no number').promise).rejects.toMatchObject({ code: 'amqp/timeout' })
})
