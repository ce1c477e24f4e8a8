import { describe, expect, test } from 'vitest'
import { Asks, KnownRouter } from '../../../../../router/mesh/control/known-router.ts'

const ra = (instance: number, linkSeq: number, mobileSeq: number) =>
  ({ opcode: 'RA', id: 'A', instance, linkSeq, mobileSeq }) as const

/** A router that advertised 10 and 20 in instance 100 at time 0, and whose data is held. */
function known(): KnownRouter {
  const router = new KnownRouter('A', 0)
  router.judge(ra(100, 10, 20), 0)
  router.advertised(ra(100, 10, 20))
  router.peers = new Map()
  router.linkSeq = 10
  router.mobileSeq = 20
  return router
}

describe('what a router says from afar', () => {
  test.each([
    { what: 'the same again', said: ra(100, 10, 20), now: 100, verdict: 'current' },
    { what: 'more', said: ra(100, 11, 21), now: 100, verdict: 'current' },
    { what: 'a later start', said: ra(101, 1, 1), now: 100, verdict: 'restarted' },
    { what: 'fewer links, soon after', said: ra(100, 9, 20), now: 4_900, verdict: 'stale' },
    { what: 'fewer addresses, soon after', said: ra(100, 10, 19), now: 4_900, verdict: 'stale' },
    { what: 'an earlier start, soon after', said: ra(99, 50, 50), now: 4_900, verdict: 'stale' },
    { what: 'fewer links, much later', said: ra(100, 1, 20), now: 5_100, verdict: 'restarted' },
    { what: 'an earlier start, much later', said: ra(99, 1, 1), now: 5_100, verdict: 'restarted' },
  ])('$what is judged $verdict', ({ said, now, verdict }) => {
    const router = known()
    expect(router.judge(said, now)).toBe(verdict)
    expect(router.peers === undefined).toBe(verdict === 'restarted')
  })

  test('stale words do not count as a sign of life', () => {
    const router = known()
    router.judge(ra(100, 9, 9), 4_000)
    expect(router.heardAt).toBe(0)
    router.judge(ra(100, 10, 20), 4_500)
    expect(router.heardAt).toBe(4_500)
  })
})

describe('what a neighbour says itself', () => {
  test('another start is believed at once, earlier or later', () => {
    for (const instance of [99, 101]) {
      const router = known()
      expect(router.meet(instance)).toBe('restarted')
      expect(router.instance).toBe(instance)
      expect(router.wantsLinkState()).toBe(true)
      expect(router.wantsAddresses()).toBe(true)
    }
  })

  test('the same start changes nothing', () => {
    const router = known()
    expect(router.meet(100)).toBe('current')
    expect(router.wantsLinkState()).toBe(false)
    expect(router.wantsAddresses()).toBe(false)
  })
})

describe('a duplicate', () => {
  test('is suspected when two starts keep taking turns', () => {
    const router = known()
    for (const instance of [101, 100, 101]) router.meet(instance)
    expect(router.takeDuplicate()).toBe(false)
    router.meet(100)
    expect(router.takeDuplicate()).toBe(true)
    expect(router.takeDuplicate()).toBe(false)
  })

  test('is not suspected when a router restarts often', () => {
    const router = known()
    for (let instance = 101; instance < 150; instance++) router.meet(instance)
    expect(router.takeDuplicate()).toBe(false)
  })
})

describe('wanting', () => {
  test('an advertisement of more makes it want that', () => {
    const router = known()
    router.advertised(ra(100, 11, 20))
    expect([router.wantsLinkState(), router.wantsAddresses()]).toEqual([true, false])
    router.advertised(ra(100, 10, 21))
    expect([router.wantsLinkState(), router.wantsAddresses()]).toEqual([false, true])
  })

  test('a missed change of addresses makes it want the whole set', () => {
    const router = known()
    router.missedAddresses(22)
    expect(router.wantsAddresses()).toBe(true)
  })
})

test('a question is put at intervals, a limited number of times, until there is reason to put it again', () => {
  const asks = new Asks()
  expect(asks.take(0)).toBe(true)
  expect(asks.take(500)).toBe(false)
  const more = [1_000, 2_000, 3_000, 4_000, 5_000, 6_000].filter((now) => asks.take(now))
  expect(more).toHaveLength(4)
  asks.reset()
  expect(asks.take(6_001)).toBe(true)
})
