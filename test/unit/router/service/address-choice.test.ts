import { beforeEach, expect, test } from 'vitest'
import { AddressChoice, type AddressStrategy } from '../../../../router/service/address-choice.ts'
import { MemoryRouter } from '../../../support/memory-router.ts'

let router: MemoryRouter
let changes: boolean[]
let records: { address: string; counts: () => object; ended: boolean }[]

beforeEach(() => {
  router = new MemoryRouter()
  changes = []
  records = []
})

function choice(strategy: AddressStrategy, random = () => 0): AddressChoice {
  return new AddressChoice({
    ...{ router, strategy, random },
    onChange: (reachable) => changes.push(reachable),
    openRecord: (address, counts) => {
      const record = { address, counts, ended: false }
      records.push(record)
      return {
        id: `record of ${address}`,
        end: () => {
          record.ended = true
        },
      }
    },
  })
}

const serve = (address: string) => router.subscribe(address, () => undefined)

test('priority: the highest value that has a target, back and forth', () => {
  const choosing = choice('priority')
  choosing.add('second', 1)
  choosing.add('first', 2)
  expect(choosing.next()).toBeUndefined()
  const second = serve('second')
  expect(choosing.next()?.address).toBe('second')
  const first = serve('first')
  expect(choosing.next()?.address).toBe('first')
  first.close()
  expect(choosing.next()?.address).toBe('second')
  serve('first')
  expect(choosing.next()).toMatchObject({ address: 'first', connectionsOpened: 2 })
  second.close()
  expect(changes).toEqual([true])
})

test('weighted: as often as its value says, among those with a target', () => {
  let dice = 0
  const choosing = choice('weighted', () => dice)
  choosing.add('light', 1)
  choosing.add('heavy', 3)
  choosing.add('never', 0)
  const heavy = serve('heavy')
  serve('light')
  serve('never')
  const drawn = [0, 0.1, 0.3, 0.5, 0.74, 0.76, 0.99].map((number) => {
    dice = number
    return choosing.next()?.address
  })
  expect(drawn).toEqual(['heavy', 'heavy', 'heavy', 'heavy', 'heavy', 'light', 'light'])
  heavy.close()
  expect(choosing.next()?.address).toBe('light')
})

test('weights of nothing leave any', () => {
  const choosing = choice('weighted', () => 0.5)
  choosing.add('one', 0)
  serve('one')
  expect(choosing.next()?.address).toBe('one')
})

test('an address that is removed is told about no more, and the last one closes the door', () => {
  const choosing = choice('priority')
  const one = choosing.add('one', 1)
  serve('one')
  one.remove()
  expect(choosing.next()).toBeUndefined()
  choosing.add('one', 1)
  choosing.close()
  expect(changes).toEqual([true, false, true])
})

test('an address can get another value while it is there', () => {
  const choosing = choice('priority')
  serve('first')
  serve('second')
  choosing.add('first', 2)
  const second = choosing.add('second', 1)
  second.update(3)
  expect(choosing.next()?.address).toBe('second')
  expect(changes).toEqual([true])
})

test('each address has a record of its own, which counts its clients and ends with it', () => {
  const choosing = choice('priority')
  const first = choosing.add('first', 2)
  choosing.add('second', 1)
  serve('first')
  expect(choosing.next()?.record.id).toBe('record of first')
  expect(records.map(({ address, counts }) => [address, counts()])).toEqual([
    ['first', { flowCountL4: 1 }],
    ['second', { flowCountL4: 0 }],
  ])
  first.remove()
  expect(records.map(({ ended }) => ended)).toEqual([true, false])
  choosing.close()
  expect(records.map(({ ended }) => ended)).toEqual([true, true])
})
