import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'
import { GRACE_MS, type Load, type LoadResult } from './load.ts'

const run = promisify(execFile)
const MAX_REPORT_BYTES = 16 * 1024 * 1024
const report = z.object({
  end: z.object({ sum_received: z.object({ bytes: z.number(), bits_per_second: z.number() }) }),
})

/** Bytes in bulk from client to backend, over `streams` connections. */
export function iperfLoad(name: string, streams: number): Load {
  return {
    name,
    service: 'bulk',
    unit: 'gigabytes',
    tool: 'iperf3',
    async run(port, seconds) {
      const where = ['-c', '127.0.0.1', '-p', String(port)]
      const args = [...where, '-J', '-t', String(seconds), '-P', String(streams)]
      const limits = { timeout: seconds * 1000 + GRACE_MS, maxBuffer: MAX_REPORT_BYTES }
      const { stdout } = await run('iperf3', args, limits)
      return readIperf(stdout)
    },
  }
}

/** Reads iperf3's JSON. @throws where it says that the run failed */
export function readIperf(json: string): LoadResult {
  const { bytes, bits_per_second: rate } = report.parse(JSON.parse(json)).end.sum_received
  return { amount: bytes / 1e9, rate: rate / 1e9, p50Us: undefined, p99Us: undefined, errors: 0 }
}
