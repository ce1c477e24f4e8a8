import { expect, test } from 'vitest'
import { OwnAddresses } from '../../../../../router/mesh/control/own-addresses.ts'

const address = (key: string, treatment = 3, inLinks = 0) => ({ key, treatment, inLinks })

test('changes are taken once, each under the next number', () => {
  const own = new OwnAddresses(7)
  expect(own.takeChanges()).toBeUndefined()
  expect(own.set(address('Ma'))).toBe(true)
  own.set(address('Mb'))
  expect(own.takeChanges()).toEqual({ mobileSeq: 8, add: [address('Ma'), address('Mb')], del: [] })
  expect(own.delete('Ma')).toBe(true)
  expect(own.takeChanges()).toEqual({ mobileSeq: 9, add: [], del: ['Ma'] })
  expect(own.takeChanges()).toBeUndefined()
  expect(own.mobileSeq).toBe(9)
})

test('what is announced is what was last taken', () => {
  const own = new OwnAddresses(0)
  own.set(address('Ma'))
  expect(own.announced()).toEqual([])
  own.takeChanges()
  own.delete('Ma')
  own.set(address('Mb'))
  expect(own.announced()).toEqual([address('Ma')])
})

test('what came and went in between is no change', () => {
  const own = new OwnAddresses(0)
  own.set(address('Ma'))
  expect(own.delete('Ma')).toBe(false)
  expect(own.delete('Mnever')).toBe(false)
  expect(own.takeChanges()).toBeUndefined()
  expect(own.mobileSeq).toBe(0)
})

test('another treatment is a change, another count is not, but goes out with the next full set', () => {
  const own = new OwnAddresses(0)
  own.set(address('Ma'))
  own.takeChanges()
  expect(own.set(address('Ma', 3, 5))).toBe(false)
  expect(own.takeChanges()).toBeUndefined()
  expect(own.announced()).toEqual([address('Ma', 3, 5)])
  expect(own.set(address('Ma', 1))).toBe(true)
  expect(own.takeChanges()).toMatchObject({ add: [address('Ma', 1)] })
})
