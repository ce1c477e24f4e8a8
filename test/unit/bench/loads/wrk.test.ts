import { expect, test } from 'vitest'
import { readWrk } from '../../../../bench/loads/wrk.ts'

const REPORT = `Running 5s test @ http://127.0.0.1:45011/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.31ms  300.00us   9.80ms   87.10%
    Req/Sec    48.10k     2.90k   51.00k    78.00%
  Latency Distribution
     50%  970.00us
     75%    1.40ms
     90%    1.80ms
     99%    1.02s
  240127 requests in 5.00s, 41.20MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 5
Requests/sec:  48012.31
Transfer/sec:      8.24MB
`

test('requests, rate, latencies in microseconds and all errors are read', () => {
  const result = { amount: 240_127, rate: 48_012.31, p50Us: 970, p99Us: 1_020_000, errors: 15 }
  expect(readWrk(REPORT)).toEqual(result)
})

test('a report without errors has none', () => {
  expect(readWrk(REPORT.replaceAll(/^.*(errors|responses).*\n/gm, '')).errors).toBe(0)
})

test('a report without requests is refused', () => {
  expect(() => readWrk('unable to connect')).toThrow('no')
})
