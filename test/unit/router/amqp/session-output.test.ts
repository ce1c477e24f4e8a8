import { duplexPair } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { Flusher } from '../../../../router/amqp/flusher.ts'
import { SessionOutput } from '../../../../router/amqp/session-output.ts'

function newOutput() {
  const [socket] = duplexPair()
  const flusher = new Flusher(socket, 1000, () => undefined)
  return new SessionOutput(flusher, 1, 512)
}

describe('the window at the peer', () => {
  test('is what it announces, less what is on its way', () => {
    const output = newOutput()
    expect(output.open).toBe(false)
    output.onWindow({ incomingWindow: 2 })
    output.onFrame()
    expect(output.open).toBe(true)
    output.onFrame()
    expect(output.open).toBe(false)
    output.onWindow({ nextIncomingId: 1, incomingWindow: 1 })
    expect(output.open).toBe(false)
    output.onWindow({ nextIncomingId: 1, incomingWindow: 2 })
    expect(output.open).toBe(true)
    expect(output.nextFrameId).toBe(2)
  })

  test('wakes who waits for it when it opens, once', async () => {
    const output = newOutput()
    let pumped = 0
    output.block({
      pump: () => {
        pumped++
        return false
      },
    })
    output.onWindow({ incomingWindow: 0 })
    await new Promise(setImmediate)
    expect(pumped).toBe(0)
    output.onWindow({ incomingWindow: 1 })
    output.onWindow({ incomingWindow: 1 })
    await new Promise(setImmediate)
    expect(pumped).toBe(1)
  })
})

describe('dispositions', () => {
  const delivery = (link: object = {}) => {
    const told: unknown[] = []
    return {
      told,
      link,
      onState: (state: unknown, settled: boolean) => told.push([state, settled]),
      onLost: () => told.push('lost'),
    }
  }

  test('numbers are given out in order; pre-settled deliveries are not heard of', () => {
    const output = newOutput()
    const [a, b] = [delivery(), delivery()]
    expect([output.register(a, false), output.register(b, true)]).toEqual([0, 1])
    output.onDisposition({ receiver: true, first: 0, last: 1, settled: true })
    expect([a.told, b.told]).toEqual([[[undefined, true]], []])
  })

  test('a range around the end of the numbers is a range', () => {
    const output = newOutput()
    const all = Array.from({ length: 5 }, () => delivery())
    for (const one of all) output.register(one, false)
    output.onDisposition({ receiver: true, first: 0xfffffff0, last: 1 })
    expect(all.map(({ told }) => told.length)).toEqual([1, 1, 0, 0, 0])
    output.onDisposition({ receiver: true, first: 3, last: 2 })
    expect(all.map(({ told }) => told.length)).toEqual([2, 2, 1, 1, 1])
  })

  test('a lost link takes its own deliveries, a lost session all', () => {
    const output = newOutput()
    const link = {}
    const [mine, other, gone] = [delivery(link), delivery(), delivery(link)]
    output.register(mine, false)
    output.register(other, false)
    output.forget(output.register(gone, false))
    output.lose(link)
    expect([mine.told, other.told, gone.told]).toEqual([['lost'], [], []])
    output.lose()
    expect([mine.told, other.told]).toEqual([['lost'], ['lost']])
  })
})
