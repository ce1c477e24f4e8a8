import { expect, test } from 'vitest'
import { refuseOther, refuseSet } from '../../../../../router/management/entities/unsupported.ts'

const refused = (given: unknown) => expect.objectContaining({ code: 'config/not-supported', given }) as Error

test('an attribute that has no effect here is refused where it is set', () => {
  refuseSet('listener a', { ciphers: undefined, name: 'a' }, ['ciphers'])
  expect(() => {
    refuseSet('listener a', { ciphers: 'AES' }, ['ciphers'])
  }).toThrow(refused('AES'))
})

test('a value that is not supported here is refused', () => {
  refuseOther('listener a', { role: 'normal' }, ['normal', 'inter-router'])
  expect(() => {
    refuseOther('listener a', { role: 'edge' }, ['normal', 'inter-router'])
  }).toThrow(refused('edge'))
})
