import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { GRACE_MS, type Load, type LoadResult } from './load.ts'

const run = promisify(execFile)
const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000 }

/** Requests over `connections` that are kept, or with a connection of its own for each request. */
export function wrkLoad(name: string, { connections, close = false }: { connections: number; close?: boolean }): Load {
  const headers = close ? ['-H', 'Connection: close'] : []
  return {
    name,
    service: 'http',
    unit: 'requests',
    tool: 'wrk',
    async run(port, seconds) {
      const url = `http://127.0.0.1:${String(port)}/`
      const args = [...headers, '-t1', `-c${String(connections)}`, `-d${String(seconds)}s`, '--latency', url]
      const { stdout } = await run('wrk', args, { timeout: seconds * 1000 + GRACE_MS })
      return readWrk(stdout)
    },
  }
}

/** Reads what wrk prints. @throws Error where it counts no requests */
export function readWrk(report: string): LoadResult {
  return {
    amount: Number(found(report, /(\d+) requests in/)),
    rate: Number(found(report, /Requests\/sec:\s+([\d.]+)/)),
    p50Us: latency(report, '50'),
    p99Us: latency(report, '99'),
    errors: errorsOf(report),
  }
}

function latency(report: string, percentile: string): number {
  const [, value, unit = ''] = new RegExp(`\\s${percentile}%\\s+([\\d.]+)(us|ms|s)`).exec(report) ?? []
  return Number(value) * (UNIT_US[unit] ?? Number.NaN)
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
