import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SkupperError } from '../model/error.ts'
import { DIRECTORY_MODE, removeUnfinished } from './atomic-file.ts'
import { codeOf, optional } from './file-error.ts'
import { acquireLock } from './lock.ts'

const LOCK_DEADLINE_MS = 5000

/** Lets one writer at a time into a namespace, among all processes of this machine. */
export class WriteAccess {
  readonly #root: string
  readonly #directories: readonly string[]
  #last: Promise<unknown> = Promise.resolve()
  #isTidy = false

  /** `directories` are those, within `root`, where a killed writer may have left an unfinished file. */
  constructor(root: string, directories: readonly string[]) {
    this.#root = root
    this.#directories = directories
  }

  /** Does `work` while no other writer does. Throws `store/no-namespace`, `store/locked`, and what `work` throws. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => this.#locked(work))
    this.#last = result.catch(() => undefined)
    return result
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    if ((await optional(stat(this.#root))) === undefined) {
      throw new SkupperError('store/no-namespace', `there is no namespace at ${this.#root}`, { given: this.#root })
    }
    const internal = join(this.#root, 'internal')
    await mkdir(internal, { mode: DIRECTORY_MODE }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
    const lock = await acquireLock(join(internal, 'write.lock'), { deadlineMs: LOCK_DEADLINE_MS })
    try {
      await this.#tidy()
      return await work()
    } finally {
      await lock.release()
    }
  }

  /** Only who has the lock can know that an unfinished file has no writer. */
  async #tidy(): Promise<void> {
    if (this.#isTidy) return
    this.#isTidy = true
    for (const directory of this.#directories) await removeUnfinished(join(this.#root, directory))
  }
}
