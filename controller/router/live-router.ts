import type { ClientOptions } from '../../router/amqp/client.ts'
import { formatBootFile } from '../../router/config/boot-file.ts'
import type { EngineCapabilities } from '../../router/config/engine-capabilities.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { diffEntities, type EntityPlan } from '../../router/config/entity-diff.ts'
import type { Log } from '../log.ts'
import { describeEntityPlan } from '../site/plan.ts'
import { applyLive } from './live-changes.ts'
import { RouterConnection, type RouterSession } from './router-connection.ts'
import { queryEntities, queryState, sameState } from './router-query.ts'
import { NO_ROUTER, type RouterState } from './router-state.ts'

/** A router in step is compared anew this often: somebody else may have changed it. */
const COMPARE_AGAIN_MS = 30_000
/** After a change its effect is looked for more often, for this long. */
const QUICK_MS = 10_000
/** Lines of a plan that go into the log. */
const MAX_PLAN_LINES = 50

export interface LiveRouterOptions {
  readonly capabilities: EngineCapabilities
  /** How to connect to the router. */
  readonly target: () => Promise<ClientOptions>
  /** Adds to a plan what is not to be compared, such as keys. `isFirst` says that the router has just come up. */
  readonly complete?: (plan: EntityPlan, isFirst: boolean) => EntityPlan
  readonly onSession: (session: RouterSession) => Promise<void>
  readonly onSessionEnd: () => void
  /** A router of the network has come into reach. */
  readonly onNewcomer: () => void
  /** The router has come, gone, or fares otherwise than before. */
  readonly onChange: () => void
  readonly random: () => number
  readonly log: Log
}

/** A router that runs somewhere: keeps a connection to it, keeps it configured over that, and tells how it fares. */
export class LiveRouter {
  readonly #options: LiveRouterOptions
  readonly #connection: RouterConnection
  #state: RouterState = NO_ROUTER
  #refusals: ReadonlyMap<string, string> = new Map()
  #inStep: { readonly text: string; readonly at: number } | undefined
  #changedAt = -Infinity

  constructor(options: LiveRouterOptions) {
    const { log, target, random } = options
    this.#options = options
    this.#connection = new RouterConnection({
      ...{ target, log, random },
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

  /** Whether the router answers now. */
  get answers(): boolean {
    return this.#connection.session !== undefined && this.#state.isRunning
  }

  /** Begins to connect. May be called twice. */
  start(): void {
    this.#connection.start()
  }

  /** Says that there is no router for now, and why. */
  lost(trouble: string): void {
    this.#state = { ...NO_ROUTER, trouble }
  }

  /** Brings the router to this configuration if it answers. */
  async configure(entities: readonly EntityConfig[]): Promise<void> {
    const session = this.#connection.session
    if (session === undefined || !this.#state.isRunning) return
    const text = formatBootFile(entities)
    const isInStep = this.#inStep?.text === text && performance.now() - this.#inStep.at < COMPARE_AGAIN_MS
    if (isInStep && this.#refusals.size === 0) return
    const { capabilities, complete = (given: EntityPlan) => given } = this.#options
    const current = await queryEntities(session.management, capabilities)
    const plan = complete(diffEntities(current, entities, capabilities), this.#inStep === undefined)
    this.#refusals = await this.#change(session, plan)
    this.#inStep = { text, at: performance.now() }
    await this.poll()
  }

  /** Asks the router how it fares. */
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

  /** Closes the connection; the router runs on. May be called twice. */
  close(): Promise<void> {
    return this.#connection.close()
  }

  async #change({ management }: RouterSession, plan: EntityPlan): Promise<ReadonlyMap<string, string>> {
    const lines = describeEntityPlan(plan)
    if (lines.length === 0) return new Map()
    this.#changedAt = performance.now()
    const refusals = await applyLive(management, plan)
    this.#tell(lines, refusals)
    return refusals
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
    this.#options.onChange()
  }

  #down(): void {
    this.#state = { ...NO_ROUTER, trouble: this.#state.trouble }
    this.#options.onSessionEnd()
    this.#options.onChange()
  }
}
