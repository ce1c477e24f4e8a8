import { expect, test } from 'vitest'
import { parseFlags } from '../../../router/flags.ts'

test('flags have defaults', () => {
  expect(parseFlags(['--config', 'a.json'])).toEqual({
    config: 'a.json',
    leaveMs: 0,
    graceMs: 10_000,
    endWithStdin: false,
  })
})

test('flags are read', () => {
  const flags = parseFlags(['--config=a.json', '--leave-seconds=5', '--grace-seconds', '0', '--end-with-stdin'])
  expect(flags).toEqual({ config: 'a.json', leaveMs: 5_000, graceMs: 0, endWithStdin: true })
})

test.each([
  ['no config', []],
  ['an unknown flag', ['--config', 'a.json', '--verbose']],
  ['an argument', ['--config', 'a.json', 'more']],
  ['a grace that is no number', ['--config', 'a.json', '--grace-seconds', 'long']],
  ['a grace over an hour', ['--config', 'a.json', '--grace-seconds', '3601']],
])('%s is refused', (_title, args) => {
  expect(() => parseFlags(args)).toThrow(expect.objectContaining({ code: 'config/bad-flag' }) as Error)
})
