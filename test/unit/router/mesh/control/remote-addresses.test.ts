import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_ADDRESSES_OF_A_ROUTER, RemoteAddresses } from '../../../../../router/mesh/control/remote-addresses.ts'

const address = (key: string, treatment = 3) => ({ key, treatment, inLinks: 0 })
const everywhere = (): boolean => true

test('a full set replaces the one before and tells what changed', () => {
  const remote = new RemoteAddresses()
  expect(remote.replace('A', [address('M1'), address('M2')])).toEqual(['M1', 'M2'])
  expect(remote.replace('A', [address('M2'), address('M3')])).toEqual(['M1', 'M3'])
  expect(remote.keys('A')).toEqual(['M2', 'M3'])
  expect(remote.holders('M1', everywhere)).toEqual([])
})

test('a change adds and deletes, and what is already so is no change', () => {
  const remote = new RemoteAddresses()
  remote.replace('A', [address('M1')])
  expect(remote.change('A', { add: [address('M1'), address('M2')], del: ['M9'] })).toEqual(['M2'])
  expect(remote.change('A', { add: [address('M2', 1)], del: ['M1'] })).toEqual(['M1', 'M2'])
  expect(remote.holders('M2', everywhere)).toEqual([{ routerId: 'A', treatment: 1 }])
})

test('only holders with a route count, and the list is the same object until something changes', () => {
  const remote = new RemoteAddresses()
  remote.replace('A', [address('M1')])
  remote.replace('B', [address('M1')])
  let reachable = (id: string): boolean => id === 'B'
  const ask = (): readonly unknown[] => remote.holders('M1', (id) => reachable(id))
  expect(ask()).toEqual([{ routerId: 'B', treatment: 3 }])
  expect(ask()).toBe(ask())
  reachable = everywhere
  remote.routesChanged()
  expect(ask()).toHaveLength(2)
  remote.flush('A')
  expect(ask()).toEqual([{ routerId: 'B', treatment: 3 }])
})

test('a router that tells of ever more addresses has no more than it may', () => {
  const remote = new RemoteAddresses()
  const piece = 5_000
  for (let from = 0; from < MAX_ADDRESSES_OF_A_ROUTER * 2; from += piece) {
    const add = Array.from({ length: piece }, (_, at) => address(`M${String(from + at)}`))
    remote.change('A', { add, del: [] })
  }
  expect(remote.keys('A')).toHaveLength(MAX_ADDRESSES_OF_A_ROUTER)
  expect(remote.change('A', { add: [address('M1', 1)], del: ['M0'] })).toEqual(['M0', 'M1'])
  expect(remote.change('A', { add: [address('Mnew')], del: [] })).toEqual(['Mnew'])
  expect(remote.holders(`M${String(MAX_ADDRESSES_OF_A_ROUTER)}`, everywhere)).toEqual([])
})

test('flushing everybody leaves nothing, whatever happened before', () => {
  const key = fc.constantFrom('M1', 'M2', 'M3', 'M4')
  const step = fc.record({ id: fc.constantFrom('A', 'B'), add: fc.array(key), del: fc.array(key), all: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const remote = new RemoteAddresses()
      const model = { A: new Set<string>(), B: new Set<string>() }
      for (const { id, add, del, all } of steps) {
        const addresses = add.map((each) => address(each))
        if (all) remote.replace(id, addresses)
        else remote.change(id, { add: addresses, del })
        for (const gone of all ? [...model[id]] : del) model[id].delete(gone)
        for (const each of add) model[id].add(each)
        expect(new Set(remote.keys(id))).toEqual(model[id])
      }
      for (const id of ['A', 'B']) remote.flush(id)
      for (const each of ['M1', 'M2', 'M3', 'M4']) expect(remote.holders(each, everywhere)).toEqual([])
    }),
  )
})
