import { randomUUID } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { SkupperError } from '../model/error.ts'
import { FILE_MODE } from './atomic-file.ts'
import { codeOf, optional } from './file-error.ts'

const POLL_MS = 10

/** `started` tells a process from an earlier one with the same id; systems without /proc leave it out. */
const ownerSchema = z.object({ id: z.string(), pid: z.int(), started: z.string().optional() })
type Owner = z.infer<typeof ownerSchema>

/** The content of a lock file that nobody alive can have written: owners put whole files in place. */
const NOBODY: Owner = { id: 'unreadable', pid: 0 }

export interface Lock {
  /** Gives the lock up. May be called twice. */
  release(): Promise<void>
}

/**
 * Takes a lock that is a file, waiting at most `deadlineMs` while another process of this machine has it. The lock of
 * a process that is gone is taken over. Throws `store/locked`, whose `given` is the process id of the owner.
 */
export async function acquireLock(path: string, { deadlineMs }: { deadlineMs: number }): Promise<Lock> {
  const own: Owner = { id: randomUUID(), pid: process.pid, started: (await processStat(process.pid))?.started }
  const deadline = performance.now() + deadlineMs
  for (;;) {
    if (await tryToOwn(path, own)) return { release: () => removeOwned(path, own) }
    const owner = await readOwner(path)
    if (owner === undefined) continue
    if (!(await isAlive(owner))) {
      await removeDead(path, owner, deadline)
    } else if (performance.now() >= deadline) {
      const message = `${path} is locked by process ${String(owner.pid)}`
      throw new SkupperError('store/locked', message, { given: owner.pid, wanted: 'no other process at work' })
    } else {
      await delay(POLL_MS)
    }
  }
}

/** The id of the process that has a lock; undefined where nobody alive has it. */
export async function lockOwner(path: string): Promise<number | undefined> {
  const owner = await readOwner(path)
  return owner !== undefined && (await isAlive(owner)) ? owner.pid : undefined
}

/** A link puts the file in place whole, or fails because there is one. */
async function tryToOwn(path: string, own: Owner): Promise<boolean> {
  const draft = `${path}.${own.id}.draft`
  await writeFile(draft, JSON.stringify(own), { mode: FILE_MODE })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return false
  } finally {
    await rm(draft, { force: true })
  }
}

/**
 * Removes the lock of a dead owner, but never the lock that another process took after finding the same owner dead:
 * only who holds the lock named after the dead owner may remove that owner's file.
 */
async function removeDead(path: string, dead: Owner, deadline: number): Promise<void> {
  const right = await acquireLock(`${path}.${dead.id}`, { deadlineMs: Math.max(deadline - performance.now(), POLL_MS) })
  try {
    await removeOwned(path, dead)
  } finally {
    await right.release()
  }
}

async function removeOwned(path: string, { id }: Owner): Promise<void> {
  if ((await readOwner(path))?.id === id) await rm(path, { force: true })
}

async function readOwner(path: string): Promise<Owner | undefined> {
  const text = await optional(readFile(path, 'utf8'))
  return text === undefined ? undefined : ownerOf(text)
}

function ownerOf(text: string): Owner {
  try {
    return ownerSchema.parse(JSON.parse(text))
  } catch {
    return NOBODY
  }
}

async function isAlive({ pid, started }: Owner): Promise<boolean> {
  if (!isRunning(pid)) return false
  const stat = await processStat(pid)
  if (stat === undefined) return true
  return stat.state !== 'Z' && (started === undefined || stat.started === started)
}

function isRunning(pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** State and start time of a process, where the system has /proc. The name before them may hold any character. */
async function processStat(pid: number): Promise<{ state: string; started: string } | undefined> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const state = fields?.[0]
  const started = fields?.[19]
  return state === undefined || started === undefined ? undefined : { state, started }
}
