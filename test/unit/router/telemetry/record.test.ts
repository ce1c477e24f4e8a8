import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PendingRecord } from '../../../../router/telemetry/record.ts'

const newRecord = (attributes = {}) => new PendingRecord({ type: 'LINK', id: 'a:1', now: () => 5 }, attributes)

test('a start that is given stands over now', () => {
  expect(newRecord({ startTime: 1 }).take()?.attributes).toEqual({ startTime: 1 })
  expect(newRecord().take()?.attributes).toEqual({ startTime: 5 })
})

test('what has been taken is not given again until it changes', () => {
  const record = newRecord({ octets: 1 })
  record.take()
  expect(record.take()).toBeUndefined()
  record.set({ octets: 2 })
  record.set({ octets: 3 })
  expect(record.take()?.attributes).toEqual({ octets: 3 })
})

test('all updates together give the last state, wherever they are cut', () => {
  const step = fc.oneof(
    fc.record({ octets: fc.nat(3) }),
    fc.record({ operStatus: fc.constantFrom('up', 'down') }),
    fc.constant('take' as const),
    fc.constant('resend' as const),
  )
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const record = newRecord()
      const wanted: object = { startTime: 5 }
      const seen: object = {}
      for (const each of steps) {
        if (each === 'take') Object.assign(seen, record.take()?.attributes)
        else if (each === 'resend') record.resend()
        else {
          record.set(each)
          Object.assign(wanted, each)
        }
      }
      Object.assign(seen, record.take()?.attributes)
      expect(seen).toEqual(wanted)
    }),
  )
})
