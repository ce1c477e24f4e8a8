import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { explain, jsonOf, quoted, withoutNulls } from '../../../../core/model/schema-issue.ts'

function explained(schema: z.ZodType, value: unknown) {
  const { error } = schema.safeParse(value)
  if (error === undefined) throw new Error('the schema took it')
  return explain(error, value)
}

describe('explain', () => {
  const schema = z.strictObject({ list: z.array(z.object({ n: z.number() })), word: z.string().optional() })

  it('names the place, what is there and what is wanted', () => {
    expect(explained(schema, { list: [{ n: 'x' }] })).toEqual({
      path: ['list', 0, 'n'],
      fault: 'is "x"',
      given: 'x',
      wanted: 'a number',
    })
  })

  it.each([
    [{}, 'is missing', 'a list'],
    [{ list: 10n }, 'is "10"', 'a list'],
    [{ list: [], more: 1 }, 'is not a known field', 'Unrecognized key: "more"'],
    [7, 'is 7', 'a mapping of fields'],
  ])('explains %o', (value, fault, wanted) => {
    expect(explained(schema, value)).toMatchObject({ fault, wanted })
  })
})

it('quotes anything, and not too much of it', () => {
  expect([undefined, null, 'a', 1n, [2n], Symbol.iterator].map((value) => quoted(value))).toEqual([
    'undefined',
    'null',
    '"a"',
    '"1"',
    '["2"]',
    'Symbol(Symbol.iterator)',
  ])
  expect(quoted('x'.repeat(1000)).length).toBeLessThan(100)
  expect(jsonOf('x'.repeat(1000))).toHaveLength(1002)
})

it('leaves out null members, not null items', () => {
  expect(withoutNulls({ a: null, b: [null, { c: null }], d: { e: null } })).toEqual({ b: [null, {}], d: {} })
})
