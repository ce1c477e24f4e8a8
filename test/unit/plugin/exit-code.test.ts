import { CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { SkupperError } from '../../../core/model/error.ts'
import { exitCodeOf } from '../../../plugin/exit-code.ts'

test('words that make no command end with 2, everything else that fails with 1, help with 0', () => {
  expect(exitCodeOf(new CommanderError(1, 'commander.unknownOption', 'unknown option'))).toBe(2)
  expect(exitCodeOf(new CommanderError(0, 'commander.helpDisplayed', 'help'))).toBe(0)
  expect(exitCodeOf(new SkupperError('flag/value', 'wrong'))).toBe(1)
  expect(exitCodeOf(new SkupperError('site/missing', 'none'))).toBe(1)
  expect(exitCodeOf(new Error('anything'))).toBe(1)
})
