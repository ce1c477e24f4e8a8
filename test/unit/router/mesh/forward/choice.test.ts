import { expect, test } from 'vitest'
import { chooseOne, worthTrying, type Weighed } from '../../../../../router/mesh/forward/choice.ts'
import { TREATMENT } from '../../../../../router/mesh/treatments.ts'

const at = (name: string, outstanding: number, cost: number) => ({ name, outstanding, cost })

test('balanced takes the least of outstanding deliveries and path cost together', () => {
  const candidates = [at('here', 5, 0), at('near', 3, 1), at('far', 0, 9)]
  expect(chooseOne(candidates, TREATMENT.balanced, 0)?.name).toBe('near')
})

test('balanced fills the local consumer up to the cost of the next one, then both', () => {
  const load = { here: 0, near: 0 }
  for (let i = 0; i < 11; i++) {
    const chosen = chooseOne([at('here', load.here, 0), at('near', load.near, 3)], TREATMENT.balanced, i)
    load[chosen?.name === 'here' ? 'here' : 'near']++
  }
  expect(load.here - load.near).toBe(3)
})

test('closest takes the cheapest, however loaded', () => {
  expect(chooseOne([at('far', 0, 9), at('near', 50, 1)], TREATMENT.closest, 0)?.name).toBe('near')
})

test('equals take turns', () => {
  const candidates = [at('a', 0, 1), at('b', 0, 1), at('worse', 0, 2)]
  const names = [0, 1, 2, 3].map((turn) => chooseOne(candidates, TREATMENT.closest, turn)?.name)
  expect(names).toEqual(['a', 'b', 'a', 'b'])
})

test('nobody is chosen from nobody, or where the address is unavailable', () => {
  const nobody: Weighed[] = []
  expect(chooseOne(nobody, TREATMENT.balanced, 0)).toBeUndefined()
  expect(chooseOne([at('a', 0, 0)], TREATMENT.unavailable, 0)).toBeUndefined()
})

const of = (place: string, resting = false) => ({ place, resting, outstanding: 0, cost: 0 })
const places = (candidates: readonly { place: unknown }[]) => candidates.map(({ place }) => place)

test.each([
  { what: 'all where none was tried', candidates: [of('a'), of('b')], tried: [], worth: ['a', 'b'] },
  { what: 'not what was tried', candidates: [of('a'), of('b')], tried: ['a'], worth: ['b'] },
  { what: 'not what rests', candidates: [of('a', true), of('b')], tried: [], worth: ['b'] },
  { what: 'what rests before what was tried', candidates: [of('a', true), of('b')], tried: ['b'], worth: ['a'] },
  {
    what: 'what was tried where nothing else is',
    candidates: [of('a', true), of('b')],
    tried: ['a', 'b'],
    worth: ['b'],
  },
  { what: 'what rests where everything does', candidates: [of('a', true)], tried: ['a'], worth: ['a'] },
])('worth a try is $what', ({ candidates, tried, worth }) => {
  expect(places(worthTrying(candidates, tried))).toEqual(worth)
})
