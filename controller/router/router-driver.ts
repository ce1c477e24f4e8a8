import { readFile } from 'node:fs/promises'
import { writeFileAtomic } from '../../core/store/atomic-file.ts'
import { formatBootFile } from '../../router/config/boot-file.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { bootEntities, immutablePart } from './boot-entities.ts'
import { LiveRouter, type LiveRouterOptions } from './live-router.ts'
import { RouterProcess, type RouterProcessOptions } from './router-process.ts'
import type { RouterState } from './router-state.ts'

export interface RouterDriverOptions extends Omit<LiveRouterOptions, 'random'> {
  readonly process: Omit<RouterProcessOptions, 'prepare' | 'events'>
  /** The configuration to start with, made before every start: a port may have been taken meanwhile. */
  readonly prepare: () => Promise<readonly EntityConfig[]>
}

/**
 * Runs the site's router and keeps it configured: by its boot file, which is always up to date, and over management
 * while it runs.
 */
export class RouterDriver {
  readonly #options: RouterDriverOptions
  readonly #process: RouterProcess
  readonly #live: LiveRouter
  #started: Promise<void> | undefined
  /** What the running router was booted with and cannot change while it runs. */
  #booted = ''
  /** True where the router ended before it ever answered: something in the boot file may be why. */
  #cautious = false
  #hasAnswered = false

  constructor(options: RouterDriverOptions) {
    const { log } = options
    const { random } = options.process
    this.#options = options
    this.#process = new RouterProcess({
      ...options.process,
      prepare: () => this.#prepare(),
      events: {
        onStarted: (pid) => {
          log.info({ pid }, 'router started')
        },
        onEnded: (reason, retryMs) => {
          this.#ended(reason, retryMs)
        },
      },
    })
    this.#live = new LiveRouter({
      ...options,
      random,
      onSession: async (session) => {
        await options.onSession(session)
        this.#hasAnswered = true
      },
    })
  }

  get state(): RouterState {
    return this.#live.state
  }

  /** What the router refused last and why, by entity name. */
  get refusals(): ReadonlyMap<string, string> {
    return this.#live.refusals
  }

  /** True while a change was made that has not shown its effect yet. */
  get isSettling(): boolean {
    return this.#live.isSettling
  }

  /** Brings the router to this configuration, and starts it the first time. Throws where its file cannot be written. */
  async configure(entities: readonly EntityConfig[]): Promise<void> {
    await this.#writeBootFile(entities)
    if (this.#started === undefined) {
      this.#started = this.#process.start()
      this.#live.start()
    }
    await this.#started
    if (this.#live.answers && this.#booted !== immutablePart(entities)) {
      this.#options.log.info({}, 'router restarts: it cannot change this while it runs')
      this.#process.restart()
      return
    }
    await this.#live.configure(entities)
  }

  /** Asks the router how it fares; to be called about once a second. */
  poll(): Promise<void> {
    return this.#live.poll()
  }

  /** Drains and ends the router, killing it after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    await this.#started
    await this.#live.close()
    await this.#process.close(graceMs)
  }

  async #prepare(): Promise<void> {
    const entities = await this.#options.prepare()
    this.#booted = immutablePart(entities)
    await this.#writeBootFile(this.#cautious ? bootEntities(entities) : entities)
  }

  async #writeBootFile(entities: readonly EntityConfig[]): Promise<void> {
    const { configFile } = this.#options.process
    const before = await readFile(configFile, 'utf8').catch(() => '')
    const text = formatBootFile(entities)
    if (text !== before) await writeFileAtomic(configFile, text)
  }

  #ended(reason: string, retryMs: number): void {
    this.#cautious = !this.#hasAnswered
    this.#hasAnswered = false
    this.#live.lost(`The router ended (${reason}) and is started again; internal/router.log says more`)
    this.#options.log.warn({ reason, retryMs: Math.round(retryMs) }, 'router ended, starting it again')
    this.#options.onChange()
  }
}
