import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const POLL_MS = 20
const PS_DEADLINE_MS = 2_000

/** The arguments a running process was started with; empty if it has ended, even if nobody has collected it yet. */
export async function argumentsOf(pid: number): Promise<readonly string[]> {
  const listed = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => undefined)
  if (listed !== undefined) return listed.split('\0').filter((argument) => argument !== '')
  // Where there is no /proc (macOS), ps tells the same, with the arguments joined by spaces.
  const ps = promisify(execFile)('ps', ['-p', String(pid), '-o', 'args='], { timeout: PS_DEADLINE_MS })
  return await ps.then(
    ({ stdout }) => stdout.trim().split(' '),
    () => [],
  )
}

/** Asks a process to end (SIGTERM), kills it (SIGKILL) after `graceMs`, and waits until it is gone. */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  signalQuietly(pid, 'SIGTERM')
  if (await goneWithin(pid, graceMs)) return
  signalQuietly(pid, 'SIGKILL')
  await goneWithin(pid, graceMs)
}

async function goneWithin(pid: number, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms
  while ((await argumentsOf(pid)).length > 0) {
    if (performance.now() > deadline) return false
    await delay(POLL_MS)
  }
  return true
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself in the meantime, which is what was wanted.
  }
}
