import { beforeEach, expect, test } from 'vitest'
import { AddressTable } from '../../../../../router/mesh/forward/address-table.ts'
import { HopTarget } from '../../../../../router/mesh/forward/hop-target.ts'
import type { Passage } from '../../../../../router/mesh/forward/passage.ts'
import { ConsumerTarget, LinkTarget } from '../../../../../router/mesh/forward/target.ts'
import { TREATMENT, Treatments } from '../../../../../router/mesh/treatments.ts'
import { FakeHop, FakeRoutes } from '../../../../support/fake-routes.ts'

const FROM_HERE: Passage = { key: 'Mshop', ingress: 'me', trace: [], neighbour: undefined, edge: undefined }
const FROM_WEST: Passage = { key: 'Mshop', ingress: 'west', trace: ['0/west'], neighbour: 'west', edge: undefined }
const OPTIONS = { streaming: true, priority: 4 }

let routes: FakeRoutes
let treatments: Treatments
let table: AddressTable
let west: FakeHop
let east: FakeHop

beforeEach(() => {
  routes = new FakeRoutes()
  treatments = new Treatments()
  table = new AddressTable(routes, treatments)
  west = new FakeHop('west')
  east = new FakeHop('east')
  for (const hop of [west, east]) {
    table.addHop(hop)
    routes.route(hop.peerId, hop)
  }
})

const here = () => new LinkTarget(() => undefined)
const openedAt = (passage: Passage) => {
  table.one(passage)?.open(OPTIONS)
  return [west.opened.length, east.opened.length]
}

test('a consumer here is nearer than any other', () => {
  const local = here()
  table.addLocal('Mshop', local, undefined)
  routes.hold('Mshop', 'east')
  expect(table.one(FROM_HERE)).toBe(local)
})

test('equally good routers take turns', () => {
  routes.hold('Mshop', 'west', 'east')
  table.refresh('Mshop')
  treatments.add({ prefix: 'shop', treatment: TREATMENT.closest })
  openedAt(FROM_HERE)
  expect(openedAt(FROM_HERE)).toEqual([1, 1])
})

test('unsettled deliveries to a router weigh until they are done', () => {
  routes.hold('Mshop', 'west', 'east')
  routes.route('west', west, 3)
  table.refresh('Mshop')
  expect([openedAt(FROM_HERE), openedAt(FROM_HERE)].at(-1)).toEqual([0, 2])
  openedAt(FROM_HERE)
  expect(openedAt(FROM_HERE)[0]).toBe(1)
  for (const { options } of [...east.opened, ...west.opened]) options.onDone?.()
  expect(table.views()[0]?.outstanding).toBe(0)
})

test('a neighbour that is gone is no way any more', () => {
  routes.hold('Mshop', 'east')
  table.removeHop(east)
  expect(table.one(FROM_HERE)).toBeUndefined()
})

test('nothing goes back, or to where it has been', () => {
  routes.hold('Mshop', 'west')
  expect(table.one(FROM_WEST)).toBeUndefined()
  routes.hold('Mshop', 'east')
  expect(table.one({ ...FROM_WEST, trace: ['0/east', '0/west'] })).toBeUndefined()
  expect(table.one(FROM_WEST)).toBeDefined()
})

test('valid origins bind what may be chosen, not what is for one router', () => {
  routes.hold('Mshop', 'east')
  routes.doNotCarry('west', 'east')
  expect(table.one(FROM_WEST)).toBeUndefined()
  expect(table.one({ ...FROM_WEST, key: 'Reast' })).toBeDefined()
})

test('a flood goes to all neighbours, a multicast only where holders are', () => {
  routes.hold('Mshop', 'east')
  table.addLocal('Mshop', here(), TREATMENT.multicast)
  expect(table.all(FROM_HERE).length).toBe(2)
  expect(table.all({ ...FROM_HERE, key: 'Tnews' }).length).toBe(2)
  expect(table.all({ ...FROM_WEST, key: 'Tnews' }).length).toBe(1)
})

test('an entry lives as long as somebody is there or watches', () => {
  const local = here()
  table.addLocal('Mshop', local, undefined)
  const stop = table.watch('Mshop', () => undefined)
  table.removeLocal('Mshop', local)
  table.removeLocal('Mshop', local)
  expect(table.views().length).toBe(1)
  stop()
  expect(table.views()).toEqual([])
})

test('one listener may watch twice', () => {
  let calls = 0
  const count = (): void => {
    calls++
  }
  const stop = table.watch('Mshop', count)
  table.watch('Mshop', count)
  table.addLocal('Mshop', here(), undefined)
  expect(calls).toBe(4)
  stop()
  routes.hold('Mshop')
  table.refresh('Mshop')
  expect(calls).toBe(4)
})

test('a router that refused is left out while there is another', () => {
  routes.hold('Mshop', 'west', 'east')
  routes.route('west', west, 3)
  table.refresh('Mshop')
  expect(table.one(FROM_HERE)?.place).toBe('east')
  expect(table.one(FROM_HERE, ['east'])?.place).toBe('west')
  expect(table.one(FROM_HERE, ['east', 'west'])?.place).toBe('east')
})

test('a consumer that rests gets nothing while there is another', () => {
  const [first, second] = [new ConsumerTarget(() => undefined), new ConsumerTarget(() => undefined)]
  for (const target of [first, second]) table.addLocal('Mshop', target, undefined)
  first.resting = true
  second.outstanding = 9
  expect(table.one(FROM_HERE)).toBe(second)
  expect(table.one(FROM_HERE, [second])).toBe(first)
})

test('deliveries are counted by where they come from and go to', () => {
  const local = here()
  table.addLocal('Mshop', local, undefined)
  const elsewhere = new HopTarget(east, { cost: 1, place: 'east' })
  table.count(FROM_HERE, [local])
  table.count(FROM_HERE, [elsewhere])
  table.count(FROM_WEST, [local, elsewhere])
  table.count({ ...FROM_HERE, key: 'Munknown' }, [local])
  expect(table.views().map(({ counts }) => counts)).toEqual([{ ingress: 2, egress: 2, transit: 1 }])
})
