import { expect, test } from 'vitest'
import { resend } from '../../../../../router/mesh/forward/resend.ts'
import { FakeIncoming, FakeOutgoing } from '../../../../support/fake-deliveries.ts'
import { stateText } from '../../../../support/recorded-handlers.ts'

/** A delivery that `count` ways are there for, each with its head. */
function given(count: number, ended?: { settled: boolean }) {
  const source = new FakeIncoming()
  const ways = Array.from({ length: count }, () => new FakeOutgoing())
  const left = [...ways]
  const next = () => {
    const way = left.shift()
    way?.write(Buffer.from('head '))
    return way
  }
  const taken = resend(source, next, ended)
  const updates = () => source.updates.map(({ state, settled }) => stateText(state, settled))
  return { source, ways, taken, updates, way: (n: number) => ways[n] ?? new FakeOutgoing() }
}

test('what is given back goes another way, with all that has come', () => {
  const { source, way, updates } = given(2)
  source.handler.onData(Buffer.from('one '))
  way(0).handler.onState({ kind: 'released' }, true)
  source.handler.onData(Buffer.from('two'))
  source.handler.onEnd(false)
  expect(way(1).text).toBe('head one two')
  expect(way(1).calls).toEqual(['end'])
  expect(updates()).toEqual([])
  way(1).handler.onState({ kind: 'accepted' }, true)
  expect(updates()).toEqual(['accepted settled'])
})

test('what has ended is sent on whole', () => {
  const { way, updates } = given(2, { settled: false })
  way(0).handler.onState({ kind: 'released' }, true)
  expect(way(1).text).toBe('head ')
  expect(way(1).calls).toEqual(['end'])
  expect(updates()).toEqual([])
})

test('with no way left it is given back itself', () => {
  const { way, updates } = given(2, { settled: false })
  way(0).handler.onState({ kind: 'released' }, true)
  way(1).handler.onState({ kind: 'released' }, true)
  expect(updates()).toEqual(['released settled'])
})

test('without any way nothing is begun', () => {
  expect(given(0).taken).toBe(false)
})

test('a way that is lost is as one that gives it back', () => {
  const { source, way, updates } = given(2)
  source.handler.onData(Buffer.from('one'))
  way(0).handler.onLost()
  expect(way(1).text).toBe('head one')
  way(1).handler.onLost()
  expect(updates()).toEqual(['released'])
})

test.each([
  ['received', { kind: 'received', offset: 0 }],
  ['rejected', { kind: 'rejected' }],
] as const)('after %s it stays where it is', (text, state) => {
  const { source, ways, way, updates } = given(2)
  way(0).handler.onState(state, false)
  way(0).handler.onState({ kind: 'released' }, true)
  source.handler.onData(Buffer.from('more'))
  expect(way(0).text).toBe('head more')
  expect(ways[1]?.text).toBe('')
  expect(updates().at(0)).toContain(text)
  expect(updates().at(-1)).toBe('released settled')
})

test('what grows beyond what is kept stays, and those before are told', () => {
  const { source, ways, way, updates } = given(2)
  source.handler.onData(Buffer.alloc(300_000))
  expect(updates()).toEqual(['received 0'])
  way(0).handler.onState({ kind: 'released' }, true)
  expect(ways[1]?.text).toBe('')
  expect(updates().at(-1)).toBe('released settled')
})

test('what was given back before its end is ended there, too', () => {
  const { source, way } = given(2)
  way(0).handler.onState({ kind: 'released' }, false)
  expect(way(0).calls).toEqual(['end settled'])
  source.handler.onAborted()
  expect(way(1).calls).toEqual(['abort'])
})

test('a way that takes no more pauses the source', () => {
  const { source, way } = given(2)
  way(0).takesMore = false
  source.handler.onData(Buffer.from('a'))
  expect(source.paused).toBe(true)
  way(0).handler.onState({ kind: 'released' }, true)
  expect(source.paused).toBe(false)
})
