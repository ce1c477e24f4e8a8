import { expect, test } from 'vitest'
import { boxTable } from '../../../../plugin/output/table.ts'

test('columns are as wide as their contents', () => {
  expect(boxTable(['NAME', 'ADDRESS', 'PROTOCOL', 'TARGETS'], [['backend', 'backend:8080', 'http', '3']])).toBe(
    [
      '┌─────────┬──────────────┬──────────┬─────────┐',
      '│ NAME    │ ADDRESS      │ PROTOCOL │ TARGETS │',
      '├─────────┼──────────────┼──────────┼─────────┤',
      '│ backend │ backend:8080 │ http     │ 3       │',
      '└─────────┴──────────────┴──────────┴─────────┘',
    ].join('\n'),
  )
})

test('a cell of several lines makes a row of several lines', () => {
  const table = boxTable(['NAME', 'TARGETS'], [['api', 'cluster-1: 3\ncluster-2: 3']])
  expect(table.split('\n').slice(3, 5)).toEqual(['│ api  │ cluster-1: 3 │', '│      │ cluster-2: 3 │'])
})

test('rows stand under each other without lines between them', () => {
  expect(boxTable(['A'], [['1'], ['2']]).split('\n')).toHaveLength(6)
})
