import { createSecureContext } from 'node:tls'
import { expect, test } from 'vitest'
import { messageOf, SkupperError } from '../../../../core/model/error.ts'

test('a message is what was thrown, in words', () => {
  expect(messageOf(new SkupperError('a/b', 'said'))).toBe('said')
  expect(messageOf('text')).toBe('text')
  expect(messageOf(undefined)).toBe('undefined')
})

test('of an error of OpenSSL its reason is told, without numbers and file names', () => {
  const thrown = ((): unknown => {
    try {
      return createSecureContext({ cert: 'no certificate' })
    } catch (error) {
      return error
    }
  })()
  expect(messageOf(thrown)).toBe('no start line')
})
