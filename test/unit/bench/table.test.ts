import { expect, test } from 'vitest'
import { median, resultTable } from '../../../bench/table.ts'

test('the median is of what is there', () => {
  expect([median([3, 1, 2]), median([4, undefined, 1]), median([undefined])]).toEqual([2, 2.5, Number.NaN])
})

test('a row for each load and peer has medians, and the sum of errors', () => {
  const measured = (peer: string, rate: number) => ({
    ...{ peer, load: 'c1', round: 1, rate, p50_us: 10, p99_us: 99, cpu_s_per_100k: 2 },
    ...{ rss_mb: 50, errors: 1, load_average: 0 },
  })
  const table = resultTable([
    measured('ours', 100),
    measured('direct', 7),
    measured('ours', 300),
    measured('ours', 200),
  ])
  expect(table).toMatch(/c1\s+│ ours\s+│\s+200 │\s+100 │\s+300 │\s+10\.00 │\s+99\.00 │\s+2\.00 │\s+50\.00 │\s+3 │/)
  expect(table).toMatch(/c1\s+│ direct\s+│ 7\.00 /)
})
