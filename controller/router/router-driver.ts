import { readFile } from 'node:fs/promises'
import { writeFileAtomic } from '../../core/store/atomic-file.ts'
import type { ClientOptions } from '../../router/amqp/client.ts'
import { formatBootFile } from '../../router/config/boot-file.ts'
import type { EngineCapabilities } from '../../router/config/engine-capabilities.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { bootEntities } from './boot-entities.ts'
import { applyLive } from './live-changes.ts'
import type { Log } from '../log.ts'
import { describeConfigPlan, planConfig } from '../site/plan.ts'
import { RouterConnection, type RouterSession } from './router-connection.ts'
import { RouterProcess, type RouterProcessOptions } from './router-process.ts'
import { queryEntities, queryState, sameState } from './router-query.ts'
import { NO_ROUTER, type RouterState } from './router-state.ts'

/** A router in step is compared anew this often: somebody else may have changed it. */
const COMPARE_AGAIN_MS = 30_000
/** After a change its effect is looked for more often, for this long. */
const QUICK_MS = 10_000
/** Lines of a plan that go into the log. */
const MAX_PLAN_LINES = 50

export interface RouterDriverOptions {
  readonly process: Omit<RouterProcessOptions, 'prepare' | 'events'>
  readonly capabilities: EngineCapabilities
  /** The configuration to start with, made before every start: a port may have been taken meanwhile. */
  readonly prepare: () => Promise<readonly EntityConfig[]>
  /** How to connect to the router. */
  readonly target: () => Promise<ClientOptions>
  readonly onSession: (session: RouterSession) => Promise<void>
  readonly onSessionEnd: () => void
  /** A router of the network has come into reach. */
  readonly onNewcomer: () => void
  /** The router has come, gone, or fares otherwise than before. */
  readonly onChange: () => void
  readonly log: Log
}

/**
 * Runs the site's router and keeps it configured: by its boot file, which is always up to date, and over management
 * while it runs.
 */
export class RouterDriver {
  readonly #options: RouterDriverOptions
  readonly #process: RouterProcess
  readonly #connection: RouterConnection
  #state: RouterState = NO_ROUTER
  #refusals: ReadonlyMap<string, string> = new Map()
  #started: Promise<void> | undefined
  /** What the running router was booted with and cannot change while it runs. */
  #booted = ''
  /** True where the router ended before it ever answered: something in the boot file may be why. */
  #cautious = false
  #inStep: { readonly text: string; readonly at: number } | undefined
  #hasAnswered = false
  #changedAt = -Infinity

  constructor(options: RouterDriverOptions) {
    const { log, target } = options
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
    this.#connection = new RouterConnection({
      target,
      log,
      random,
      onUp: (session) => this.#up(session),
      onDown: () => {
        this.#down()
      },
    })
  }

  get state(): RouterState {
    return this.#state
  }

  /** What the router refused last and why, by entity name. */
  get refusals(): ReadonlyMap<string, string> {
    return this.#refusals
  }

  /** True while a change was made that has not shown its effect yet. */
  get isSettling(): boolean {
    if (performance.now() - this.#changedAt > QUICK_MS) return false
    const { connectors, listeners } = this.#state
    return [...connectors.values(), ...listeners.values()].some(({ isUp }) => !isUp)
  }

  /** Brings the router to this configuration, and starts it the first time. Throws where its file cannot be written. */
  async configure(entities: readonly EntityConfig[]): Promise<void> {
    await this.#writeBootFile(entities)
    if (this.#started === undefined) {
      this.#started = this.#process.start()
      this.#connection.start()
    }
    await this.#started
    const session = this.#connection.session
    if (session === undefined || !this.#state.isRunning) return
    if (this.#booted !== immutablePart(entities)) {
      this.#options.log.info({}, 'router restarts: it cannot change this while it runs')
      this.#process.restart()
      return
    }
    await this.#changeLive(session, entities)
  }

  /** Asks the router how it fares; to be called about once a second. */
  async poll(): Promise<void> {
    const session = this.#connection.session
    if (session === undefined) return
    const state = await queryState(session.management, this.#options.capabilities)
    if (this.#connection.session !== session || sameState(state, this.#state)) return
    const hasNewcomer = [...state.routers].some((id) => !this.#state.routers.has(id))
    this.#state = state
    if (hasNewcomer) this.#options.onNewcomer()
    this.#options.onChange()
  }

  /** Drains and ends the router, killing it after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    await this.#started
    await this.#connection.close()
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
    const { bootFile } = planConfig({ bootFile: before, entities: undefined }, entities)
    if (bootFile !== undefined) await writeFileAtomic(configFile, bootFile)
  }

  async #changeLive({ management }: RouterSession, entities: readonly EntityConfig[]): Promise<void> {
    const text = formatBootFile(entities)
    const isInStep = this.#inStep?.text === text && performance.now() - this.#inStep.at < COMPARE_AGAIN_MS
    if (isInStep && this.#refusals.size === 0) return
    const { capabilities } = this.#options
    const plan = planConfig({ bootFile: text, entities: await queryEntities(management, capabilities) }, entities)
    const lines = describeConfigPlan(plan)
    if (plan.live !== undefined && lines.length > 0) {
      this.#changedAt = performance.now()
      const refusals = await applyLive(management, plan.live)
      this.#tell(lines, refusals)
      this.#refusals = refusals
    } else this.#refusals = new Map()
    this.#inStep = { text, at: performance.now() }
    await this.poll()
  }

  /** A change that is refused again and again is told once. */
  #tell(lines: readonly string[], refusals: ReadonlyMap<string, string>): void {
    const { log } = this.#options
    const isRepeated =
      refusals.size === lines.length && [...refusals].every(([name, why]) => this.#refusals.get(name) === why)
    if (isRepeated) return
    log.info({ changes: lines.slice(0, MAX_PLAN_LINES), count: lines.length }, 'router configured')
    for (const [entity, reason] of refusals) log.warn({ entity, reason }, 'the router refused a change')
  }

  async #up(session: RouterSession): Promise<void> {
    await this.#options.onSession(session)
    this.#state = await queryState(session.management, this.#options.capabilities)
    this.#inStep = undefined
    this.#changedAt = performance.now()
    this.#hasAnswered = true
    this.#options.onChange()
  }

  #down(): void {
    this.#state = { ...NO_ROUTER, trouble: this.#state.trouble }
    this.#options.onSessionEnd()
    this.#options.onChange()
  }

  #ended(reason: string, retryMs: number): void {
    this.#cautious = !this.#hasAnswered
    this.#hasAnswered = false
    const trouble = `The router ended (${reason}) and is started again; internal/router.log says more`
    this.#state = { ...NO_ROUTER, trouble }
    this.#options.log.warn({ reason, retryMs: Math.round(retryMs) }, 'router ended, starting it again')
    this.#options.onChange()
  }
}

/** Certificates can be renewed while the router runs; everything else it boots with cannot change. */
function immutablePart(entities: readonly EntityConfig[]): string {
  return formatBootFile(bootEntities(entities).filter(([type]) => type !== 'sslProfile'))
}
