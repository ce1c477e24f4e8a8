import { expect, test } from 'vitest'
import { Readiness } from '../../../router/readiness.ts'

/** A router that starts at 0 with one link and one listener. */
function starting() {
  const state = { now: 0, linked: false, informed: false, listening: false }
  const readiness = new Readiness({
    now: () => state.now,
    isInformed: () => state.informed,
    connectors: () => [{ name: 'west', isUp: state.linked }],
    tcpListeners: () => [{ name: 'web', isUp: state.listening }],
  })
  const at = (now: number, changes: Partial<typeof state> = {}): string | undefined => {
    Object.assign(state, changes, { now })
    return readiness.waitsFor()
  }
  return { at }
}

test('it is ready once its links and then its listeners are up, and stays so', () => {
  const { at } = starting()
  expect(at(0)).toBe('connector west is not linked')
  expect(at(800, { linked: true })).toBe('tcpListener web does not listen')
  expect(at(900, { listening: true })).toBeUndefined()
  expect(at(1_000, { linked: false, listening: false })).toBeUndefined()
})

test('a link that cannot be is waited for 5 s, and a listener without a target 1 s more', () => {
  const { at } = starting()
  expect(at(0)).toBeDefined()
  expect(at(4_999)).toBe('connector west is not linked')
  expect(at(5_000)).toBe('tcpListener web does not listen')
  expect(at(5_999)).toBeDefined()
  expect(at(6_000)).toBeUndefined()
})

test('while it learns what there is in the network, a listener may still get its target', () => {
  const { at } = starting()
  expect(at(0, { linked: true })).toBe('tcpListener web does not listen')
  expect(at(4_000)).toBeDefined()
  expect(at(4_001, { informed: true })).toBeDefined()
  expect(at(5_001)).toBeUndefined()
})

test('a network that never tells all is not waited for any longer than 10 s', () => {
  const { at } = starting()
  expect(at(0, { linked: true })).toBeDefined()
  expect(at(9_999)).toBeDefined()
  expect(at(10_000)).toBeDefined()
  expect(at(11_000)).toBeUndefined()
})

test('a router with nothing to wait for is ready at once', () => {
  const nothing = { isInformed: () => false, connectors: () => [], tcpListeners: () => [] }
  expect(new Readiness({ now: () => 0, ...nothing }).waitsFor()).toBeUndefined()
})
