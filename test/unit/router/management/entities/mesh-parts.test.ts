import { expect, test } from 'vitest'
import { saslMechanisms } from '../../../../../router/management/entities/mesh-parts.ts'

test.each([
  ['EXTERNAL', ['EXTERNAL']],
  ['ANONYMOUS EXTERNAL', ['EXTERNAL', 'ANONYMOUS']],
  ['ANONYMOUS,EXTERNAL', ['EXTERNAL', 'ANONYMOUS']],
  [undefined, undefined],
])('%s is read', (listed, mechanisms) => {
  expect(saslMechanisms('listener a', listed)).toEqual(mechanisms)
})

test('a mechanism that is not supported is refused', () => {
  expect(() => saslMechanisms('listener a', 'EXTERNAL PLAIN')).toThrow(
    expect.objectContaining({ code: 'config/not-supported', given: 'PLAIN' }) as Error,
  )
})
