import { expect, test } from 'vitest'
import { refuseFixed, saslMechanisms } from '../../../../../router/management/entities/mesh-parts.ts'

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

const FIXED = { maxSessions: 32_768, linkCapacity: 250, stripAnnotations: 'both' }

test.each([
  ['maxSessionFrames', { maxSessionFrames: 640 }],
  ['maxSessions', { maxSessions: 1 }],
  ['linkCapacity', { linkCapacity: 1000 }],
  ['stripAnnotations', { stripAnnotations: 'no' }],
])('%s cannot be chosen', (name, attributes) => {
  const code = 'config/not-supported'
  const message = expect.stringContaining(name) as string
  refuseFixed('listener a', FIXED)
  expect(() => {
    refuseFixed('listener a', { ...FIXED, ...attributes })
  }).toThrow(expect.objectContaining({ code, message }) as Error)
})
