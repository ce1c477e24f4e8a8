import { beforeEach, expect, test } from 'vitest'
import { EdgePlane, type Uplink } from '../../../../../router/mesh/control/edge-plane.ts'
import { FakeHop } from '../../../../support/fake-routes.ts'

/** An uplink that notes what it is told. */
class FakeUplink implements Uplink<FakeHop> {
  readonly hop: FakeHop
  readonly calls: string[] = []

  constructor(peerId: string) {
    this.hop = new FakeHop(peerId)
  }

  activate = (): void => void this.calls.push('activate')
  consume = (address: string): void => void this.calls.push(`consume ${address}`)
  ignore = (address: string): void => void this.calls.push(`ignore ${address}`)
  follow = (address: string): void => void this.calls.push(`follow ${address}`)
  unfollow = (address: string): void => void this.calls.push(`unfollow ${address}`)
}

let events: string[]
let plane: EdgePlane<FakeHop>
let first: FakeUplink
let second: FakeUplink

beforeEach(() => {
  events = []
  plane = new EdgePlane<FakeHop>('edge', {
    onUplink: (hop, before) => events.push(`${before?.peerId ?? 'none'} -> ${hop?.peerId ?? 'none'}`),
    onAddress: (key) => events.push(key),
  })
  first = new FakeUplink('first')
  second = new FakeUplink('second')
})

test('the first uplink is told everything, the second stands by', () => {
  plane.advertise('Mown')
  plane.follow('Mshop', true)
  plane.join(first)
  plane.join(second)
  plane.advertise('Mlate')
  expect(first.calls).toEqual(['activate', 'consume own', 'follow shop', 'consume late'])
  expect(second.calls).toEqual([])
  expect(plane.nextHop()).toBe(first.hop)
})

test('what is gone is taken back, once', () => {
  plane.join(first)
  plane.advertise('Mown')
  plane.advertise('Mown')
  plane.withdraw('Mown')
  plane.withdraw('Mown')
  plane.follow('Mshop', true)
  plane.follow('Mshop', false)
  expect(first.calls).toEqual(['activate', 'consume own', 'ignore own', 'follow shop', 'unfollow shop'])
})

test('an address has a consumer when the uplink says so, and until it is lost', () => {
  plane.join(first)
  plane.join(second)
  plane.follow('Mshop', true)
  expect(plane.holders('Mshop')).toEqual([])
  plane.heard('Mshop', true)
  plane.heard('Mother', true)
  expect(plane.holders('Mshop')).toMatchObject([{ routerId: 'first' }])
  plane.leave(first)
  plane.leave(first)
  expect(plane.holders('Mshop')).toEqual([])
  expect(events).toEqual(['none -> first', 'Mshop', 'first -> second', 'Mshop'])
  expect(second.calls).toEqual(['activate', 'follow shop'])
})

test('a standby that leaves changes nothing', () => {
  plane.join(first)
  plane.join(second)
  plane.leave(second)
  expect(events).toEqual(['none -> first'])
})

test('what nobody follows may be known upwards; what is followed is known', () => {
  expect(plane.uplink('Mshop')).toBeUndefined()
  plane.join(first)
  expect(plane.uplink('Mshop')).toBe(first.hop)
  expect(plane.uplink('Ltemp')).toBeUndefined()
  plane.follow('Mshop', true)
  expect(plane.uplink('Mshop')).toBeUndefined()
  expect(plane.holders('L_edge')).toMatchObject([{ routerId: 'first' }])
})

test('addresses of this router alone are told to nobody', () => {
  plane.join(first)
  plane.advertise('Ltemp.1')
  plane.follow('L$management', true)
  expect(first.calls).toEqual(['activate'])
})

test('a newer connection takes the part of the active uplink, and nothing is out of reach for a moment', () => {
  plane.join(first)
  plane.join(second)
  plane.advertise('Mown')
  plane.follow('Mshop', true)
  plane.follow('Mgone', true)
  plane.heard('Mshop', true)
  plane.heard('Mgone', true)
  events.length = 0
  const newer = new FakeUplink('first')
  plane.join(newer, first)
  expect(newer.calls).toEqual(['activate', 'consume own', 'follow shop', 'follow gone'])
  expect(plane.nextHop()).toBe(newer.hop)
  plane.leave(first)
  expect(events).toEqual(['first -> first'])
  expect(plane.holders('Mshop')).toHaveLength(1)

  // What the newer one has not told of by then is gone.
  plane.heard('Mshop', true)
  plane.forgetUnconfirmed(second)
  expect(plane.holders('Mgone')).toHaveLength(1)
  plane.forgetUnconfirmed(newer)
  expect(plane.holders('Mgone')).toEqual([])
  expect(plane.holders('Mshop')).toHaveLength(1)
  expect(events).toEqual(['first -> first', 'Mgone'])
})

test('a newer connection of one that stands by stands by', () => {
  plane.join(first)
  plane.join(second)
  const newer = new FakeUplink('second')
  plane.join(newer, second)
  expect(newer.calls).toEqual([])
  plane.leave(second)
  plane.leave(first)
  expect(newer.calls).toEqual(['activate'])
})

test('where the connection to be replaced is gone already the newer one is as any other', () => {
  plane.join(first)
  plane.leave(first)
  plane.join(second, first)
  expect(second.calls).toEqual(['activate'])
})
