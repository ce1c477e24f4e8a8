import { describe, expect, test } from 'vitest'
import type { ControlLink } from '../../../../../router/mesh/control/control-link.ts'
import { Neighbours } from '../../../../../router/mesh/control/neighbours.ts'

const MAX_AGE_MS = 3_000

function linkTo(peerId: string, cost = 1): ControlLink {
  return { peerId, cost, send: () => undefined }
}

function hello(id: string, { instance = 1, seen = ['ME'] }: { instance?: number; seen?: string[] } = {}) {
  return { opcode: 'HELLO', id, instance, seen } as const
}

function withLinks(...links: ControlLink[]): Neighbours {
  const neighbours = new Neighbours('ME', MAX_AGE_MS)
  for (const link of links) neighbours.add(link)
  return neighbours
}

describe('one link', () => {
  test('a neighbour that lists us is adjacent; the first HELLO is answered', () => {
    const link = linkTo('A', 4)
    const neighbours = withLinks(link)
    expect(neighbours.seen(link, 0)).toEqual([])
    expect(neighbours.hear(link, hello('A', { seen: [] }), 0)).toEqual({
      verdict: 'heard',
      answer: true,
      changed: false,
    })
    expect(neighbours.seen(link, 0)).toEqual(['A'])
    expect(neighbours.best('A')).toBeUndefined()
    expect(neighbours.hear(link, hello('A'), 10)).toEqual({ verdict: 'heard', answer: false, changed: true })
    expect(neighbours.best('A')).toBe(link)
    expect(neighbours.costs()).toEqual(new Map([['A', 4]]))
  })

  test('a HELLO that does not list us keeps it heard, not adjacent', () => {
    const link = linkTo('A')
    const neighbours = withLinks(link)
    neighbours.hear(link, hello('A'), 0)
    neighbours.hear(link, hello('A', { seen: [] }), 2_000)
    expect(neighbours.refresh(3_000)).toBe(false)
    expect(neighbours.refresh(3_001)).toBe(true)
    expect(neighbours.best('A')).toBeUndefined()
    expect(neighbours.seen(link, 5_000)).toEqual(['A'])
    expect(neighbours.seen(link, 5_001)).toEqual([])
  })

  test('a HELLO in another name, in our own, or on a link that is gone is ignored', () => {
    const link = linkTo('A')
    const own = linkTo('ME')
    const neighbours = withLinks(link, own)
    expect(neighbours.hear(link, hello('B'), 0).verdict).toBe('ignored')
    expect(neighbours.hear(own, hello('ME'), 0).verdict).toBe('ignored')
    neighbours.delete(link)
    neighbours.delete(link)
    expect(neighbours.hear(link, hello('A'), 0).verdict).toBe('ignored')
  })

  test('forgiven time does not age a neighbour', () => {
    const link = linkTo('A')
    const neighbours = withLinks(link)
    neighbours.hear(link, hello('A'), 0)
    neighbours.forgive(10_000)
    neighbours.refresh(12_000)
    expect(neighbours.best('A')).toBe(link)
  })
})

describe('several links to one neighbour', () => {
  test('the cheapest is used, then the oldest', () => {
    const links = [linkTo('A', 3), linkTo('A', 2), linkTo('A', 2)] as const
    const neighbours = withLinks(...links)
    for (const link of links) neighbours.hear(link, hello('A'), 0)
    expect(neighbours.best('A')).toBe(links[1])
    neighbours.delete(links[1])
    expect(neighbours.refresh(0)).toBe(true)
    expect(neighbours.best('A')).toBe(links[2])
    expect(neighbours.adjacent().size).toBe(1)
  })

  test('after a restart the links of the process that is gone count no more', () => {
    const old = linkTo('A', 1)
    const fresh = linkTo('A', 5)
    const neighbours = withLinks(old, fresh)
    neighbours.hear(old, hello('A', { instance: 1 }), 0)
    expect(neighbours.hear(fresh, hello('A', { instance: 2 }), 1_000).changed).toBe(true)
    expect(neighbours.best('A')).toBe(fresh)
  })

  test('an earlier start that keeps speaking is a second router with the same id', () => {
    const one = linkTo('A')
    const other = linkTo('A')
    const neighbours = withLinks(one, other)
    neighbours.hear(one, hello('A', { instance: 2 }), 0)
    const verdicts = [1, 2, 3].map((at) => neighbours.hear(other, hello('A', { instance: 1 }), at).verdict)
    expect(verdicts).toEqual(['ignored', 'ignored', 'duplicate'])
    expect(neighbours.best('A')).toBe(one)
  })

  test('once the later start is silent, the earlier one is believed', () => {
    const one = linkTo('A')
    const other = linkTo('A')
    const neighbours = withLinks(one, other)
    neighbours.hear(one, hello('A', { instance: 2 }), 0)
    expect(neighbours.hear(other, hello('A', { instance: 1 }), 3_001).verdict).toBe('heard')
    expect(neighbours.best('A')).toBe(other)
  })
})

test('a newer link takes over from an older one to the same process without a gap', () => {
  const [older, newer, other] = [linkTo('A'), linkTo('A'), linkTo('A')]
  const neighbours = withLinks(older)
  neighbours.hear(older, hello('A'), 1_000)
  neighbours.add(newer)
  neighbours.delete(older)
  expect(neighbours.refresh(1_500)).toBe(true)
  expect(neighbours.best('A')).toBe(newer)
  // What was heard on the older one holds no longer than it would have.
  expect(neighbours.refresh(4_001)).toBe(true)
  expect(neighbours.best('A')).toBeUndefined()
  neighbours.hear(newer, hello('A', { instance: 1 }), 5_000)
  neighbours.add(other)
  neighbours.hear(other, hello('A', { instance: 2, seen: [] }), 5_100)
  neighbours.delete(newer)
  neighbours.refresh(5_200)
  expect(neighbours.best('A')).toBeUndefined()
})
