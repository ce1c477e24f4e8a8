import { expect, test } from 'vitest'
import { nextOrdinals, readOrdinals } from '../../../../controller/credentials/credential-ordinals.ts'

const A = { ca: 'ca', certificate: 'cert', key: 'key' }

const numbers = (ordinals: ReturnType<typeof nextOrdinals>) =>
  Object.fromEntries(Object.entries(ordinals).map(([name, { ordinal }]) => [name, ordinal]))

test('a number grows when any part of the credentials changes, and only then', () => {
  const first = nextOrdinals({}, new Map([['a', A]]))
  expect(numbers(first)).toEqual({ a: 0 })
  expect(nextOrdinals(first, new Map([['a', { ...A }]]))).toEqual(first)
  const renewed = nextOrdinals(first, new Map([['a', { ...A, certificate: 'new' }]]))
  expect(numbers(renewed)).toEqual({ a: 1 })
  expect(numbers(nextOrdinals(renewed, new Map([['a', { ...A, ca: 'new' }]])))).toEqual({ a: 2 })
})

test('what is gone for a while keeps its number', () => {
  const first = nextOrdinals({}, new Map([['a', A]]))
  const gone = nextOrdinals(first, new Map())
  expect(numbers(nextOrdinals(gone, new Map([['a', { ...A, key: 'new' }]])))).toEqual({ a: 1 })
})

test('numbers can be kept as text; a broken text keeps none', () => {
  const ordinals = nextOrdinals({}, new Map([['a', A]]))
  const text = JSON.stringify(ordinals)
  expect(readOrdinals(text)).toEqual(ordinals)
  expect(readOrdinals(text.slice(0, -3))).toEqual({})
  expect(readOrdinals('')).toEqual({})
})
