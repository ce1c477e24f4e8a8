import { expect, test } from 'vitest'
import { integer, listOf, mapOf, routerIdIn } from '../../../../../router/mesh/control/control-field.ts'
import { codeOf } from '../../../../support/code-of.ts'

const fields = (value: unknown): ReadonlyMap<unknown, unknown> => new Map([['x', value]])

test.each([undefined, null, '1', -1, 1.5, 2 ** 53, 2n ** 60n, Number.NaN])('%s is no number of a message', (value) => {
  expect(codeOf(() => integer(fields(value), 'x'))).toBe('mesh/invalid-control')
})

test.each([0, 1, 2 ** 53 - 1])('%s is a number of a message', (value) => {
  expect(integer(fields(value), 'x')).toBe(value)
})

test('a list has a limit', () => {
  expect(listOf(fields([1, 2]), 'x', 2)).toEqual([1, 2])
  expect(codeOf(() => listOf(fields([1, 2]), 'x', 1))).toBe('mesh/invalid-control')
})

test('a plain object is no map, a missing id no router', () => {
  expect(codeOf(() => mapOf({}, 'x'))).toBe('mesh/invalid-control')
  expect(codeOf(() => routerIdIn(new Map()))).toBe('mesh/invalid-control')
})
