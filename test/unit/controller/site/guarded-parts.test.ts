import { expect, test } from 'vitest'
import { GuardedParts } from '../../../../controller/site/guarded-parts.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

const failing = (why: string) => (): Promise<number> => Promise.reject(new Error(why))

test('a part that fails gives nothing, and says why until it works', async () => {
  const parts = new GuardedParts(new RecordedLog())
  expect(await parts.run('a', failing('no'))).toBeUndefined()
  expect([parts.hasTrouble, parts.troubleOf('a'), parts.troubleOf('b')]).toEqual([true, 'no', undefined])
  expect(await parts.run('a', () => Promise.resolve(5))).toBe(5)
  expect([parts.hasTrouble, parts.troubleOf('a')]).toEqual([false, undefined])
})

test('a failure is told when it is another one than before', async () => {
  const log = new RecordedLog()
  const parts = new GuardedParts(log)
  for (const why of ['one', 'one', 'two', 'two', 'one']) await parts.run('a', failing(why))
  expect(log.lines).toHaveLength(3)
})
