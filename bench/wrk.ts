import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface Load {
  readonly connections: number
  readonly seconds: number
  /** A new connection for each request. */
  readonly close: boolean
}

export interface LoadResult {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Failed connections, reads and writes, and answers that are not 2xx or 3xx. */
  readonly errors: number
}

const run = promisify(execFile)
const GRACE_MS = 20_000
const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 }

/** Loads `http://127.0.0.1:port/` from one thread of wrk, over connections that are kept unless `close` is asked for. */
export async function loadWithWrk(port: number, { connections, seconds, close }: Load): Promise<LoadResult> {
  const url = `http://127.0.0.1:${String(port)}/`
  const headers = close ? ['-H', 'Connection: close'] : []
  const args = [...headers, '-t1', `-c${String(connections)}`, `-d${String(seconds)}s`, '--latency', url]
  const { stdout } = await run('wrk', args, { timeout: seconds * 1000 + GRACE_MS })
  return parseWrk(stdout)
}

function parseWrk(report: string): LoadResult {
  return {
    requests: Number(found(report, /(\d+) requests in/)),
    requestsPerSecond: Number(found(report, /Requests\/sec:\s+([\d.]+)/)),
    p50Ms: latency(report, '50'),
    p99Ms: latency(report, '99'),
    errors: errorsOf(report),
  }
}

function latency(report: string, percentile: string): number {
  const [, value, unit = 'ms'] = new RegExp(`\\s${percentile}%\\s+([\\d.]+)(us|ms|s)`).exec(report) ?? []
  return Number(value) * (UNIT_MS[unit] ?? Number.NaN)
}

function errorsOf(report: string): number {
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(report)?.slice(1) ?? []
  const answers = /Non-2xx or 3xx responses: (\d+)/.exec(report)?.slice(1) ?? []
  return [...sockets, ...answers].reduce((sum, count) => sum + Number(count), 0)
}

function found(report: string, pattern: RegExp): string {
  const value = pattern.exec(report)?.[1]
  if (value === undefined) throw new Error(`wrk reported no ${String(pattern)}:\n${report}`)
  return value
}
