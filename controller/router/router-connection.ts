import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../../core/model/error.ts'
import { AmqpClient, type ClientOptions } from '../../router/amqp/client.ts'
import { ManagementClient } from '../../router/management/client.ts'
import type { Log } from '../log.ts'

const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 250
/** Long enough for a router that starts on a busy machine to come up without a line in the log. */
const QUIET_FAILURES = 40

/** One connection to the site's own router, for management and for messages. */
export interface RouterSession {
  readonly management: ManagementClient
  readonly messages: AmqpClient
}

export interface RouterConnectionOptions {
  /** Where and as whom to connect; asked before every attempt, since ports and certificates may change. */
  readonly target: () => Promise<ClientOptions>
  readonly onUp: (session: RouterSession) => Promise<void>
  readonly onDown: () => void
  readonly log: Log
  /** Answers 0 up to 1. */
  readonly random: () => number
}

/** Keeps one connection to the site's own router up, with short waits: it is on this machine. */
export class RouterConnection {
  readonly #options: RouterConnectionOptions
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined
  #session: RouterSession | undefined

  constructor(options: RouterConnectionOptions) {
    this.#options = options
  }

  /** Undefined while there is none. */
  get session(): RouterSession | undefined {
    return this.#session
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Closes the connection and makes no other. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#session?.messages.close()
    await this.#running
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#stop.signal.aborted) {
      try {
        await this.#connectOnce(() => (failures = 0))
      } catch (error) {
        failures++
        if (failures === QUIET_FAILURES)
          this.#options.log.warn({ reason: messageOf(error) }, 'the router does not answer')
      }
      const full = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, QUIET_FAILURES))
      await this.#pause(full * (1 - this.#options.random() / 2))
    }
  }

  /** Returns when a connection that stood has ended; throws if there was none. */
  async #connectOnce(onStanding: () => void): Promise<void> {
    const { target, onUp, onDown, log } = this.#options
    const messages = await AmqpClient.connect(await target())
    const ended = new Promise<void>((resolve) => {
      messages.onClosed(() => {
        resolve()
      })
    })
    const session = { management: new ManagementClient(messages), messages }
    try {
      if (this.#stop.signal.aborted) return
      this.#session = session
      await onUp(session)
      onStanding()
      log.info({}, 'connected to the router')
      await ended
    } finally {
      this.#session = undefined
      onDown()
      await messages.close()
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined)
  }
}
