import { expect, test } from 'vitest'
import { readH2load } from '../../../../bench/loads/h2load.ts'

const REPORT = `finished in 2.00s, 35861.50 req/s, 1.85MB/s
requests: 71723 total, 71787 started, 71723 done, 71720 succeeded, 3 failed, 3 errored, 0 timeout
status codes: 71723 2xx, 0 3xx, 0 4xx, 0 5xx
`

test('rate, requests and failures come from the report, latencies from the log', () => {
  const log = Array.from({ length: 100 }, (_, at) => `1700000000\t200\t${String(at + 1)}\n`).join('')
  expect(readH2load(REPORT, log)).toEqual({ amount: 71_720, rate: 35_861.5, p50Us: 51, p99Us: 100, errors: 3 })
})

test('a report without requests is refused', () => {
  expect(() => readH2load('', '')).toThrow('no requests')
})
