import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
// Counted from the field after the name of the program, which may hold blanks (proc(5), /proc/PID/stat).
const USER_TICKS = 11
const SYSTEM_TICKS = 12

/** CPU seconds that the processes have used since their start, in user and kernel. */
export function cpuSeconds(pids: readonly number[]): number {
  return sum(pids.map((pid) => secondsOf(pid)))
}

/** Resident memory of the processes together, in MB (of 1,000,000 bytes). */
export function residentMegabytes(pids: readonly number[]): number {
  return sum(pids.map((pid) => residentKilobytes(pid))) / 1000
}

function secondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND
}

function residentKilobytes(pid: number): number {
  const kibibytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]
  return (Number(kibibytes ?? 0) * 1024) / 1000
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** How many processes wanted to run, as the machine's mean over the last minute. */
export function loadAverage(): number {
  return loadavg()[0] ?? Number.NaN
}
