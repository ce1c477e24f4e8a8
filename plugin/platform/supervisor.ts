import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { lockOwner } from '../../core/store/lock.ts'
import { endProcess } from '../../core/store/running-process.ts'

/** The supervisor lets its router drain before it ends; this is longer than that grace period. */
const STOP_DEADLINE_MS = 60_000
const OWNER_ONLY = 0o600

/** How a site's supervisor is found and run without an init system. */
export interface SupervisorOptions {
  /** Program and arguments. */
  command: readonly [program: string, ...args: string[]]
  /** The lock that a running supervisor holds. */
  lockFile: string
  /** Where its output is appended. */
  logFile: string
}

/** Starts the supervisor in a session of its own, so that it outlives the terminal. One that runs is left alone. */
export async function startSupervisor({ command, lockFile, logFile }: SupervisorOptions): Promise<void> {
  if ((await lockOwner(lockFile)) !== undefined) return
  const [program, ...args] = command
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 })
  const log = openSync(logFile, 'a', OWNER_ONLY)
  try {
    const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log], cwd: '/' })
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    child.unref()
  } finally {
    closeSync(log)
  }
}

/** Asks the supervisor to drain and end, kills it when it does not, and waits until it is gone. */
export async function stopSupervisor({ lockFile }: SupervisorOptions): Promise<void> {
  const pid = await lockOwner(lockFile)
  if (pid !== undefined) await endProcess(pid, STOP_DEADLINE_MS)
}
