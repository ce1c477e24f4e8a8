import { expect, test } from 'vitest'
import type { Cli } from '../../../plugin/cli.ts'
import { candidates } from '../../../plugin/completion.ts'
import { skupperProgram } from '../../../plugin/program.ts'

const cli: Cli = {
  version: '0',
  now: () => new Date(0),
  platform: () => {
    throw new Error('completion asks no platform')
  },
  cluster: () => Promise.reject(new Error('no cluster here')),
  contexts: () => Promise.resolve([]),
  terminal: {
    print: () => undefined,
    document: () => undefined,
    warn: () => undefined,
    progress: (_text, work) => work(() => undefined),
  },
}
const program = await skupperProgram(cli, 'skupper')

test('commands complete, hidden ones do not', () => {
  expect(candidates(program, ['s'])).toEqual(['status', 'service'])
  expect(candidates(program, ['__'])).toEqual([])
})

test('subcommands complete behind flags', () => {
  expect(candidates(program, ['--namespace=x', 'service', 'un'])).toEqual(['unbind'])
})

test('flags of the command and of the program complete', () => {
  expect(candidates(program, ['link', 'create', '--'])).toEqual([
    '--name',
    '--cost',
    '--wait',
    '--timeout',
    '--platform',
    '--namespace',
    '--context',
    '--kubeconfig',
  ])
})
