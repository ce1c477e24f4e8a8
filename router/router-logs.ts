import type { Level, Logger } from 'pino'
import { SkupperError } from '../core/model/error.ts'

/** The parts of the router that log, by the names that skupper-router has for them. */
export const LOG_MODULES = ['DEFAULT', 'ROUTER', 'SERVER', 'TCP_ADAPTOR', 'AGENT', 'HTTP'] as const

export type LogModule = (typeof LOG_MODULES)[number]

/** skupper-router's levels and ours. Both log what is at least as grave. */
const LEVELS = new Map<string, Level | 'silent'>([
  ['none', 'silent'],
  ['trace', 'trace'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['notice', 'info'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['critical', 'fatal'],
])

/** The logs of a router: one for each of its parts, whose levels management can change. */
export class RouterLogs {
  readonly #logs: ReadonlyMap<string, Logger>
  readonly #usual: string
  readonly #enabled = new Map<string, string>()

  constructor(root: Logger) {
    this.#usual = root.level
    this.#logs = new Map(LOG_MODULES.map((module) => [module, root.child({ module })]))
  }

  of(module: LogModule): Logger {
    const log = this.#logs.get(module)
    if (log === undefined) throw new SkupperError('config/unknown-module', `there is no log module ${module}`)
    return log
  }

  /** Every module and what it logs: `default` or a level, with a `+` where graver ones are included. */
  list(): [module: string, enable: string][] {
    return [...this.#logs.keys()].map((module) => [module, this.#enabled.get(module) ?? 'default'])
  }

  /**
   * Sets what a module logs, by `default` as before; DEFAULT stands for every module that has no level of its own. A module that only
   * skupper-router has is accepted and changes nothing. Throws `config/invalid-attribute`.
   */
  enable(module: string, enable: string): void {
    this.#levelOf(enable)
    if (enable === 'default') this.#enabled.delete(module)
    else this.#enabled.set(module, enable)
    const usual = this.#enabled.get('DEFAULT') ?? 'default'
    for (const [name, log] of this.#logs) log.level = this.#levelOf(this.#enabled.get(name) ?? usual)
  }

  #levelOf(enable: string): string {
    if (enable === 'default') return this.#usual
    const level = LEVELS.get(enable.replace(/\+$/, ''))
    if (level !== undefined) return level
    const wanted = `default, or one of ${[...LEVELS.keys()].join(', ')} with or without +`
    throw new SkupperError('config/invalid-attribute', `log: enable is "${enable}"; wanted ${wanted}`, {
      given: enable,
      wanted,
    })
  }
}
