import { expect, test } from 'vitest'
import { parseSelector } from '../../../../controller/kubernetes/label-selector.ts'

test.each([
  ['app=web', { app: 'web' }, true],
  ['app=web', { app: 'api' }, false],
  ['app == web , tier!=db', { app: 'web' }, true],
  ['app=web,tier!=db', { app: 'web', tier: 'db' }, false],
  ['tier in (db, cache),app', { tier: 'cache', app: 'x' }, true],
  ['tier in (db, cache)', {}, false],
  ['tier notin (db)', {}, true],
  ['tier notin (db)', { tier: 'db' }, false],
  ['!old', {}, true],
  ['!old', { old: '' }, false],
  ['example.com/app=web', { 'example.com/app': 'web' }, true],
])('%j selects %j: %j', (text, labels, expected) => {
  expect(parseSelector(text)?.(labels)).toBe(expected)
})

test('no labels at all match only what asks for absence', () => {
  expect(parseSelector('app=web')?.(undefined)).toBe(false)
  expect(parseSelector('!app')?.(undefined)).toBe(true)
})

test.each(['a in b', 'a=b=c', 'a in (b', 'a b', '=x'])('%j is none', (text) => {
  expect(parseSelector(text)).toBeUndefined()
})
