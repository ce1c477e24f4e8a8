import Table from 'cli-table3'
import type { Measurement } from './rounds.ts'

/** One row for each peer: the median of its rounds, and the lowest and highest rate. */
export function resultTable(measurements: readonly Measurement[]): string {
  const table = new Table({
    head: ['peer', 'requests/s', 'lowest', 'highest', 'p50 ms', 'p99 ms', 'CPU s / 100k', 'errors'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  })
  for (const [peer, rounds] of Map.groupBy(measurements, (measurement) => measurement.peer)) {
    const rates = rounds.map((round) => round.requestsPerSecond)
    table.push([
      peer,
      median(rates).toFixed(0),
      Math.min(...rates).toFixed(0),
      Math.max(...rates).toFixed(0),
      median(rounds.map((round) => round.p50Ms)).toFixed(2),
      median(rounds.map((round) => round.p99Ms)).toFixed(2),
      median(rounds.map((round) => round.cpuSecondsPer100k)).toFixed(2),
      String(rounds.reduce((sum, round) => sum + round.errors, 0)),
    ])
  }
  return table.toString()
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
