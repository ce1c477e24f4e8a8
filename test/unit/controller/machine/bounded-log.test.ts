import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { boundLog } from '../../../../controller/machine/bounded-log.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

test('a log that is too long moves aside, and goes on being appended to', async () => {
  const file = join(await temporaryDirectory(), 'router.log')
  await writeFile(file, 'x'.repeat(101))
  expect(await boundLog(file, 100)).toBe(true)
  await appendFile(file, 'new')
  expect(await readFile(file, 'utf8')).toBe('new')
  expect(await readFile(`${file}.1`, 'utf8')).toHaveLength(101)
})

test('a log within its bounds, or none, is left alone', async () => {
  const file = join(await temporaryDirectory(), 'router.log')
  expect(await boundLog(file, 100)).toBe(false)
  await writeFile(file, 'x'.repeat(100))
  expect(await boundLog(file, 100)).toBe(false)
  expect(await readFile(file, 'utf8')).toHaveLength(100)
})
