import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DIRECTORY_MODE, writeFileAtomic } from './atomic-file.ts'
import { codeOf, optional } from './file-error.ts'

/** A reader that may not write here can still read; it only has nothing to fall back to later. */
const HARMLESS = new Set(['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'])

/** Keeps the last sound text of each file of a directory, over restarts, for the time when somebody breaks one. */
export class LastGood {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  read(name: string): Promise<string | undefined> {
    return optional(readFile(join(this.#directory, name), 'utf8'))
  }

  async save(name: string, text: string): Promise<void> {
    if ((await this.read(name)) === text) return
    await harmless(async () => {
      // Never the namespace itself: it may have been removed a moment ago.
      await makeOne(dirname(this.#directory))
      await makeOne(this.#directory)
      await writeFileAtomic(join(this.#directory, name), text)
    })
  }

  /** Forgets every file that is not among `names`. */
  async keepOnly(names: ReadonlySet<string>): Promise<void> {
    const kept = (await optional(readdir(this.#directory))) ?? []
    const gone = kept.filter((name) => !names.has(name) && !name.startsWith('.'))
    await harmless(() => Promise.all(gone.map((name) => rm(join(this.#directory, name), { force: true }))))
  }
}

async function makeOne(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: DIRECTORY_MODE })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

async function harmless(operation: () => Promise<unknown>): Promise<void> {
  try {
    await operation()
  } catch (error) {
    if (!HARMLESS.has(codeOf(error) ?? '')) throw error
  }
}
