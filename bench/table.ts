import Table from 'cli-table3'
import type { Measurement } from './measurement.ts'

const HEAD = ['load', 'peer', 'rate', 'lowest', 'highest', 'p50 µs', 'p99 µs', 'CPU s', 'RSS MB', 'errors']

/** One row for each load and peer: medians of the rounds, and the lowest and highest rate. */
export function resultTable(measurements: readonly Measurement[]): string {
  const table = new Table({
    head: HEAD,
    style: { head: [], border: [] },
    colAligns: HEAD.map((_, column) => (column < 2 ? 'left' : 'right')),
  })
  for (const rounds of Map.groupBy(measurements, ({ load, peer }) => `${load} ${peer}`).values()) {
    const [first] = rounds
    if (first === undefined) continue
    const rates = rounds.map(({ rate }) => rate)
    table.push([
      first.load,
      first.peer,
      number(median(rates)),
      number(Math.min(...rates)),
      number(Math.max(...rates)),
      number(median(rounds.map((round) => round.p50_us))),
      number(median(rounds.map((round) => round.p99_us))),
      number(median(rounds.map((round) => round.cpu_s_per_100k ?? round.cpu_s_per_gb))),
      number(median(rounds.map((round) => round.rss_mb))),
      String(rounds.reduce((sum, round) => sum + round.errors, 0)),
    ])
  }
  return `${table.toString()}
rate: requests/s, Gbit/s (iperf) or connections (mem); CPU s: of both sites, for 100,000 requests or 10⁹ bytes; RSS: of one site`
}

/** Of those that are there; NaN if none is. */
export function median(values: readonly (number | undefined)[]): number {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

function number(value: number): string {
  if (Number.isNaN(value)) return '-'
  return value < 100 ? value.toFixed(2) : value.toFixed(0)
}
