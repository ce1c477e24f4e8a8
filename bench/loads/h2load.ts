import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { GRACE_MS, type Load, type LoadResult } from './load.ts'

const run = promisify(execFile)

/** HTTP/2 without TLS: requests side by side on each of some connections. */
export function h2Load(name: string, { connections, streams }: { connections: number; streams: number }): Load {
  return {
    name,
    service: 'h2c',
    unit: 'requests',
    tool: 'h2load',
    async run(port, seconds) {
      const directory = await mkdtemp(join(tmpdir(), 'bench-h2load-'))
      try {
        const log = join(directory, 'requests')
        const size = [`-c${String(connections)}`, `-m${String(streams)}`, `-D${String(seconds)}`]
        const url = `http://127.0.0.1:${String(port)}/`
        const limits = { timeout: seconds * 1000 + GRACE_MS }
        const { stdout } = await run('h2load', [...size, `--log-file=${log}`, url], limits)
        return readH2load(stdout, await readFile(log, 'utf8'))
      } finally {
        await rm(directory, { recursive: true })
      }
    },
  }
}

/** Reads what h2load prints, and its log: a line for each request with start, status and duration in microseconds. */
export function readH2load(report: string, log: string): LoadResult {
  const rate = /finished in [\d.]+m?s, ([\d.]+) req\/s/.exec(report)?.[1]
  const counts = /requests: (\d+) total.* (\d+) succeeded, (\d+) failed, (\d+) errored/.exec(report)
  if (rate === undefined || counts === null) throw new Error(`h2load reported no requests:\n${report}`)
  const durations = log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number(line.split('\t')[2]))
    .sort((a, b) => a - b)
  return {
    amount: Number(counts[2]),
    rate: Number(rate),
    p50Us: durations[Math.floor(durations.length * 0.5)],
    p99Us: durations[Math.floor(durations.length * 0.99)],
    errors: Number(counts[3]),
  }
}
