import { copyFile, stat, truncate } from 'node:fs/promises'
import { optional } from '../../core/store/file-error.ts'

/** With the part before it, a log takes at most twice this. */
export const MAX_LOG_BYTES = 16 * 1024 * 1024

/**
 * Keeps a log within bounds that some process appends to: when it is too long, all of it moves to `FILE.1`, over what
 * was there, and it begins anew. Lines written between copying and emptying are lost. True if it was too long.
 */
export async function boundLog(file: string, maxBytes: number = MAX_LOG_BYTES): Promise<boolean> {
  const stats = await optional(stat(file))
  if (stats === undefined || stats.size <= maxBytes) return false
  await copyFile(file, `${file}.1`)
  await truncate(file)
  return true
}
