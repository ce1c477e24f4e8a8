import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Outbox } from '../../../../router/amqp/outbox.ts'

const text = (pieces: readonly Buffer[]) => Buffer.concat(pieces).toString('latin1')

test('pieces come out in the order they went in, whatever their size', () => {
  const size = fc.oneof(fc.nat({ max: 100 }), fc.integer({ min: 4000, max: 70_000 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(size, fc.boolean()), { maxLength: 30 }), (sizes) => {
      const outbox = new Outbox()
      const wanted: Buffer[] = []
      const got: Buffer[] = []
      sizes.forEach(([length, take], i) => {
        const chunk = Buffer.alloc(length + 2, i % 251)
        outbox.append(chunk, 1, length + 1)
        wanted.push(chunk.subarray(1, length + 1))
        if (take) got.push(...outbox.take())
      })
      got.push(...outbox.take())
      expect(Buffer.concat(got).equals(Buffer.concat(wanted))).toBe(true)
      expect(outbox.length).toBe(0)
      expect(outbox.total).toBe(Buffer.concat(wanted).length)
    }),
  )
})

describe('payloads', () => {
  test('a large one is handed on as it is, a small one is copied next to its head', () => {
    const outbox = new Outbox()
    const large = Buffer.alloc(10_000, 1)
    outbox.append(Buffer.from('head'), 0, 4)
    outbox.append(Buffer.from('small'), 0, 5)
    outbox.append(large, 0, large.length)
    const [first, second, ...more] = outbox.take()
    expect(first?.toString()).toBe('headsmall')
    expect(second).toBe(large)
    expect(more).toEqual([])
  })

  test('what was taken does not change with what is written next', () => {
    const outbox = new Outbox()
    outbox.append(Buffer.from('first'), 0, 5)
    const taken = outbox.take()
    outbox.append(Buffer.from('second'), 0, 6)
    expect(text(taken)).toBe('first')
    expect(text(outbox.take())).toBe('second')
  })
})

describe('frames', () => {
  test('an empty one is what routers send as sign of life', () => {
    const outbox = new Outbox()
    outbox.emptyFrame()
    expect(text(outbox.take())).toBe(Buffer.from('0000000802000000', 'hex').toString('latin1'))
  })

  test('head, channel and body', () => {
    const outbox = new Outbox()
    outbox.frame(258, 'end', {})
    outbox.saslFrame('saslOutcome', { code: 0 })
    const hex = Buffer.concat(outbox.take()).toString('hex')
    expect(hex).toBe('0000000c0200010200531745' + '00000016020100000053' + '44d0000000060000000150' + '00')
  })
})
