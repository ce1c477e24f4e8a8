import { expect, test } from 'vitest'
import { readIperf } from '../../../../bench/loads/iperf.ts'

test('what the receiver got counts', () => {
  const end = { sum_sent: { bytes: 9e9, bits_per_second: 9e9 }, sum_received: { bytes: 2.5e9, bits_per_second: 4e9 } }
  const result = { amount: 2.5, rate: 4, p50Us: undefined, p99Us: undefined, errors: 0 }
  expect(readIperf(JSON.stringify({ end }))).toEqual(result)
})

test('a run that failed is refused', () => {
  expect(() => readIperf('{"start":{},"error":"the server is busy"}')).toThrow()
})
