import { expect, test } from 'vitest'
import { parseFlags } from '../../../controller/flags.ts'
import { thrownCode } from '../../support/thrown-code.ts'

const MACHINE = ['--platform', 'linux', '--namespace', 'east', '--data-home', '/data', '--router-program', 'router.ts']

test('on a machine everything has to be said', () => {
  expect(parseFlags(MACHINE)).toMatchObject({ platform: 'linux', namespace: 'east', dataHome: '/data' })
  expect(thrownCode(() => parseFlags(MACHINE.slice(0, -2)))).toBe('flag/invalid')
})

test('in a cluster the pod says it all', () => {
  expect(parseFlags(['--platform', 'kubernetes'])).toMatchObject({ platform: 'kubernetes', namespace: undefined })
  expect(parseFlags(['--platform', 'kubernetes', '--router-image', 'x'])).toMatchObject({ routerImage: 'x' })
})

test.each([[[]], [['--platform', 'windows']], [['--unknown']]])('refuses %j', (args) => {
  expect(thrownCode(() => parseFlags(args))).toBe('flag/invalid')
})
