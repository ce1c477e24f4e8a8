import { expect, test } from 'vitest'
import { randomToken } from '../../../../router/mesh/random-token.ts'

test('a token has fifteen characters that may stand in an address', () => {
  expect(randomToken(() => 0)).toBe('a'.repeat(15))
  expect(randomToken(() => 0.999_999_999)).toBe('_'.repeat(15))
  expect(randomToken(Math.random)).toMatch(/^[a-zA-Z0-9+_]{15}$/)
})

test('tokens differ', () => {
  expect(new Set(Array.from({ length: 1000 }, () => randomToken(Math.random))).size).toBe(1000)
})
