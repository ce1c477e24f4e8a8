import { expect, test } from 'vitest'
import { Readiness } from '../../../router/readiness.ts'

/** A router that starts at 0 with one link and one listener. */
function starting() {
  const state = { now: 0, linked: false, listening: false }
  const readiness = new Readiness({
    now: () => state.now,
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

test('a link that cannot be is waited for 5 s, a listener without a target 1.5 s', () => {
  const { at } = starting()
  expect(at(0)).toBeDefined()
  expect(at(4_999)).toBe('connector west is not linked')
  expect(at(5_000)).toBe('tcpListener web does not listen')
  expect(at(6_499)).toBeDefined()
  expect(at(6_500)).toBeUndefined()
})

test('a router with nothing to wait for is ready at once', () => {
  const nothing = { connectors: () => [], tcpListeners: () => [] }
  expect(new Readiness({ now: () => 0, ...nothing }).waitsFor()).toBeUndefined()
})
