import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { SessionInput } from '../../../../router/amqp/session-input.ts'

const FRAME_BYTES = 1000
let due = 0
const sent: unknown[] = []
beforeEach(() => {
  due = 0
  sent.length = 0
})

function newInput(maxFrames: number): SessionInput {
  const host = {
    onWindowDue: () => {
      due++
    },
    sendDisposition: (...args: unknown[]) => sent.push(args),
  }
  const input = new SessionInput(host, maxFrames, FRAME_BYTES)
  input.onBegin(0xffffffff)
  return input
}

test('frames are numbered on, around the end of the numbers', () => {
  const input = newInput(4)
  input.announce()
  expect(input.nextFrameId).toBe(0xffffffff)
  expect(input.onFrame()).toBe(true)
  expect(input.nextFrameId).toBe(0)
})

describe('the window', () => {
  test('is due when half of it is used, and allows no more than was announced', () => {
    const input = newInput(4)
    expect(input.announce()).toBe(4)
    input.onFrame()
    expect(due).toBe(0)
    input.onFrame()
    expect(due).toBe(1)
    expect([input.onFrame(), input.onFrame(), input.onFrame()]).toEqual([true, true, false])
    expect(input.announce()).toBe(4)
    expect(input.onFrame()).toBe(true)
  })

  test('allows nothing before the begin of the peer', () => {
    const input = new SessionInput({ onWindowDue: () => undefined, sendDisposition: () => undefined }, 4, FRAME_BYTES)
    input.announce()
    expect(input.onFrame()).toBe(false)
  })

  test('grows with the links, up to its bound', () => {
    const input = newInput(600)
    expect(input.announce()).toBe(256)
    input.onLink(1)
    expect(input.announce()).toBe(256)
    input.onLink(1)
    expect(input.announce()).toBe(512)
    input.onLink(1)
    expect(input.announce()).toBe(600)
  })

  test('is less what is held, and comes back with it', () => {
    const input = newInput(4)
    input.announce()
    for (let i = 0; i < 4; i++) {
      input.hold(FRAME_BYTES)
      input.onFrame()
    }
    expect(due).toBe(0)
    expect(input.announce()).toBe(0)
    input.release(FRAME_BYTES)
    expect(due).toBe(1)
    expect(input.announce()).toBe(1)
    input.release(3 * FRAME_BYTES)
    expect(input.announce()).toBe(4)
  })

  test('counts small frames by their bytes, so that they do not use it up', () => {
    const input = newInput(4)
    for (let i = 0; i < 100; i++) {
      input.announce()
      input.hold(10)
      expect(input.onFrame()).toBe(true)
    }
    expect(input.announce()).toBe(3)
  })

  test('never lets a peer that obeys it starve or run over, whatever is held and released', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (steps) => {
        due = 0
        const input = newInput(8)
        let window = input.announce()
        let held = 0
        for (const release of steps) {
          if (release && held > 0) {
            held -= FRAME_BYTES
            input.release(FRAME_BYTES)
          } else if (window > 0) {
            window--
            held += FRAME_BYTES
            input.hold(FRAME_BYTES)
            expect(input.onFrame()).toBe(true)
          }
          if (due > 0) {
            due = 0
            window = input.announce()
          }
          expect(held).toBeLessThanOrEqual(8 * FRAME_BYTES)
        }
        input.release(held)
        if (due > 0) window = input.announce()
        expect(window).toBeGreaterThan(0)
      }),
    )
  })
})

describe('settlement', () => {
  const delivery = () => {
    const told: string[] = []
    return { told, onSettled: () => told.push('settled'), onLost: () => told.push('lost') }
  }

  test('a range settles what is in it', () => {
    const input = newInput(4)
    const [a, b, c] = [delivery(), delivery(), delivery()]
    input.expectSettlement(0xffffffff, a)
    input.expectSettlement(0, b)
    input.expectSettlement(1, c)
    input.onDisposition({ receiver: false, first: 0xffffffff, last: 0, settled: true })
    input.onDisposition({ receiver: false, first: 0xffffffff, settled: true })
    input.onDisposition({ receiver: false, first: 1 })
    expect([a.told, b.told, c.told]).toEqual([['settled'], ['settled'], []])
    input.lose()
    expect([a.told, c.told]).toEqual([['settled'], ['lost']])
  })

  test('what we settle ourselves is forgotten', () => {
    const input = newInput(4)
    const a = delivery()
    input.expectSettlement(5, a)
    input.sendDisposition(5, { kind: 'received', offset: 1 }, false)
    input.sendDisposition(5, { kind: 'accepted' }, true)
    input.lose()
    expect(a.told).toEqual([])
    expect(sent).toEqual([
      [5, { kind: 'received', offset: 1 }, false],
      [5, { kind: 'accepted' }, true],
    ])
  })
})
