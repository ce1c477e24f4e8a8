import { readFile, writeFile } from 'node:fs/promises'

/** Resident memory of a process in bytes: now, and at most since it was forgotten. */
export interface ProcessMemory {
  readonly now: number
  readonly peak: number
}

/** Linux tells what another process uses; elsewhere the answer is undefined. */
export async function memoryOf(pid: number): Promise<ProcessMemory | undefined> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8').catch(() => undefined)
  if (status === undefined) return undefined
  return { now: bytesOf('VmRSS', status), peak: bytesOf('VmHWM', status) }
}

/** From now on the peak is that of what follows. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${String(pid)}/clear_refs`, '5').catch(() => undefined)
}

function bytesOf(field: string, status: string): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
  if (kib === undefined) throw new Error(`no ${field} in ${status}`)
  return Number(kib) * 1024
}
