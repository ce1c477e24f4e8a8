import { expect, test } from 'vitest'
import { z } from 'zod'
import { crds } from '../../../../core/kube/crds.ts'
import { structural } from '../../../../core/kube/structural-schema.ts'

test('what a structural schema cannot have is left out', () => {
  const schema = z.strictObject({
    word: z.string().min(1).max(9).or(z.literal('')),
    map: z.record(z.string(), z.string()).optional(),
    open: z.looseObject({ a: z.int().min(1).max(5) }),
  })
  expect(structural(z.toJSONSchema(schema, { io: 'input' }))).toEqual({
    type: 'object',
    required: ['word', 'open'],
    properties: {
      word: { type: 'string', maxLength: 9 },
      map: { type: 'object', additionalProperties: { type: 'string' } },
      open: {
        type: 'object',
        required: ['a'],
        properties: { a: { type: 'integer', minimum: 1, maximum: 5 } },
        'x-kubernetes-preserve-unknown-fields': true,
      },
    },
  })
})

test('there is a definition for each kind of the group', () => {
  expect(
    crds()
      .map(({ metadata }) => metadata.name)
      .sort(),
  ).toEqual([
    'accessgrants.skupper.io',
    'accesstokens.skupper.io',
    'connectors.skupper.io',
    'links.skupper.io',
    'listeners.skupper.io',
    'multikeylisteners.skupper.io',
    'remotesites.skupper.io',
    'routeraccesses.skupper.io',
    'sites.skupper.io',
  ])
})
