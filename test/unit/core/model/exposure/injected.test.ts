import { expect, it } from 'vitest'
import { formatInjected, NOTHING_INJECTED, parseInjected } from '../../../../../core/model/exposure/injected.ts'

it('writes what it reads, sorted, and nothing for nothing', () => {
  const injected = { ...NOTHING_INJECTED, annotations: { b: '2', a: '1' }, podLabels: { x: 'y' } }
  const text = formatInjected(injected)
  expect(text).toBe('{"annotations":{"a":"1","b":"2"},"podLabels":{"x":"y"}}')
  expect(parseInjected(text)).toEqual(injected)
  expect(formatInjected(NOTHING_INJECTED)).toBeUndefined()
  expect(parseInjected(undefined)).toEqual(NOTHING_INJECTED)
})

it.each(['', '{', '[]', 'null', '{"annotations":{"a":1}}'])('refuses %j', (text) => {
  expect(() => parseInjected(text)).toThrow(expect.objectContaining({ code: 'exposure/injected' }))
})
