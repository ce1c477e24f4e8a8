import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DIRECTORY_MODE, FILE_MODE } from './atomic-file.ts'
import { codeOf, optional } from './file-error.ts'

const OTHERS = 0o077

/** Takes a file away from group and others where its mode lets them in; another owner's file is left to its owner. */
export async function closeToOthers(path: string, mode: number): Promise<void> {
  if ((mode & OTHERS) !== 0) await change(path, FILE_MODE)
}

/**
 * Closes what is too open in a tree that holds keys: directories for their owner alone, and so every file in them.
 * Symbolic links are followed, for credentials lie behind such; what is missing is left out.
 */
export async function closeTree(path: string): Promise<void> {
  const stats = await optional(stat(path))
  if (stats?.isDirectory() !== true) return stats === undefined ? undefined : closeToOthers(path, stats.mode)
  if ((stats.mode & OTHERS) !== 0) await change(path, DIRECTORY_MODE)
  const names = (await optional(readdir(path))) ?? []
  await Promise.all(names.map((name) => closeTree(join(path, name))))
}

/** Closes one directory to others. */
export async function closeDirectory(path: string): Promise<void> {
  const stats = await optional(stat(path))
  if (stats !== undefined && (stats.mode & OTHERS) !== 0) await change(path, DIRECTORY_MODE)
}

async function change(path: string, mode: number): Promise<void> {
  try {
    await chmod(path, mode)
  } catch (error) {
    if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EROFS') throw error
  }
}
