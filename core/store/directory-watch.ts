import { watch, type FSWatcher } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface WatchOptions {
  readonly directories: readonly string[]
  /** Changes this close together are told once. */
  readonly debounceMs: number
  /** How often the directories are read, for file systems and moments that give no notice. */
  readonly rescanMs: number
  readonly signal: AbortSignal
  /** A directory cannot be watched, told once: changes in it are seen at the next rescan. */
  readonly onUnwatched?: ((directory: string, error: unknown) => void) | undefined
}

/**
 * Calls `onChange` after anything in the directories changed, until the signal aborts. Directories may come, go and
 * come back.
 */
export function watchDirectories(options: WatchOptions, onChange: () => void): void {
  if (options.signal.aborted) return
  const watcher = new DirectoryWatch(options, onChange)
  options.signal.addEventListener('abort', () => {
    watcher.close()
  })
}

class DirectoryWatch {
  readonly #options: WatchOptions
  readonly #onChange: () => void
  readonly #watchers = new Map<string, { watcher: FSWatcher; identity: string }>()
  readonly #complained = new Set<string>()
  #told: NodeJS.Timeout | undefined
  #rescan: NodeJS.Timeout | undefined
  #seen: string | undefined
  #closed = false

  constructor(options: WatchOptions, onChange: () => void) {
    this.#options = options
    this.#onChange = onChange
    void this.#scan()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#told)
    clearTimeout(this.#rescan)
    for (const { watcher } of this.#watchers.values()) watcher.close()
  }

  /** Watches what is there now, tells if anything is different from the last time, and comes back later. */
  async #scan(): Promise<void> {
    for (const directory of this.#options.directories) await this.#watch(directory)
    const seen = (await Promise.all(this.#options.directories.map((directory) => fingerprint(directory)))).join('\n')
    if (this.#closed) return
    if (this.#seen !== undefined && seen !== this.#seen) this.#tell()
    this.#seen = seen
    this.#rescan = setTimeout(() => void this.#scan(), this.#options.rescanMs)
  }

  async #watch(directory: string): Promise<void> {
    const identity = await identityOf(directory)
    const known = this.#watchers.get(directory)
    if (this.#closed || known?.identity === identity) return
    known?.watcher.close()
    this.#watchers.delete(directory)
    if (identity === undefined) return
    try {
      const watcher = watch(directory, () => {
        this.#tell()
      })
      watcher.on('error', () => {
        this.#watchers.delete(directory)
        watcher.close()
      })
      this.#watchers.set(directory, { watcher, identity })
    } catch (error) {
      this.#complain(directory, error)
    }
  }

  #complain(directory: string, error: unknown): void {
    if (this.#complained.has(directory)) return
    this.#complained.add(directory)
    this.#options.onUnwatched?.(directory, error)
  }

  #tell(): void {
    if (this.#closed || this.#told !== undefined) return
    this.#told = setTimeout(() => {
      this.#told = undefined
      this.#onChange()
    }, this.#options.debounceMs)
  }
}

/** Tells a directory from one that was made later at the same path, which may even have its inode. */
async function identityOf(directory: string): Promise<string | undefined> {
  const stats = await stat(directory, { bigint: true }).catch(() => undefined)
  return stats === undefined ? undefined : `${String(stats.ino)} ${String(stats.birthtimeNs)}`
}

/** What changes whenever a file below a directory does. What cannot be read counts as absent. */
async function fingerprint(directory: string): Promise<string> {
  const names = await readdir(directory, { recursive: true }).catch(() => [])
  const files = await Promise.all(
    names.sort().map(async (name) => {
      const stats = await stat(join(directory, name), { bigint: true }).catch(() => undefined)
      return [name, stats?.mtimeNs, stats?.ctimeNs, stats?.size, stats?.ino].join(' ')
    }),
  )
  return [directory, ...files].join('\n')
}
