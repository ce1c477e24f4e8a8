import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { optional } from './file-error.ts'

/** Everything in a namespace may lead to a secret: its files are for their owner alone. */
export const FILE_MODE = 0o600
export const DIRECTORY_MODE = 0o700

/** How unfinished files are named; readers leave out every name that begins with a dot. */
const UNFINISHED = /^\..*\.tmp$/

/**
 * Writes a file so that a reader, or a machine that loses power, has either the old content or the new one. The
 * directory must exist. The new file is never reached through a link that somebody put in its place.
 */
export async function writeFileAtomic(path: string, content: string): Promise<void> {
  await replaceFile(path, content)
  await syncDirectory(dirname(path))
}

/** As `writeFileAtomic`, save that the new name is on disk only after the next `syncDirectory`. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const directory = dirname(path)
  const unfinished = join(directory, `.${randomBytes(8).toString('hex')}-${basename(path).slice(0, 64)}.tmp`)
  try {
    await writeSynced(unfinished, content)
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** Removes what killed writers have left in a directory, if there is one: only for who knows that nobody writes there. */
export async function removeUnfinished(directory: string): Promise<void> {
  const names = (await optional(readdir(directory))) ?? []
  const unfinished = names.filter((name) => UNFINISHED.test(name))
  await Promise.all(unfinished.map((name) => rm(join(directory, name), { force: true })))
}

/** Writes a file that must not exist yet, and waits until it is on disk. */
export async function writeSynced(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes a directory, and those above it, for their owner alone. One that exists is left as it is. */
export async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: DIRECTORY_MODE })
}

/** Waits until the names in a directory are on disk. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
