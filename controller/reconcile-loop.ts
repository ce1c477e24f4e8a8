import { setTimeout as delay } from 'node:timers/promises'

/** What the loop runs and how often. Times in milliseconds. */
export interface LoopOptions {
  /** One pass over everything. What it throws is given to `onError`; the next pass comes all the same. */
  readonly reconcile: () => Promise<void>
  readonly onError: (error: unknown) => void
  /** A pass is made at least this often, whether or not anything was seen to change. */
  readonly everyMs: number
  /** Triggers that come within this time after a pass began are served by one pass. */
  readonly gatherMs: number
}

/** Runs passes one at a time. Any number of triggers during a pass lead to exactly one further pass. */
export class ReconcileLoop {
  readonly #options: LoopOptions
  readonly #stop = new AbortController()
  #wake: (() => void) | undefined
  #asked = 0
  #running: Promise<void> | undefined

  constructor(options: LoopOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Asks for a pass that begins after this call. */
  trigger(): void {
    this.#asked++
    this.#wake?.()
  }

  /** Ends after the pass that is running. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#wake?.()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const served = this.#asked
      await this.#pass()
      await this.#pause(this.#options.gatherMs)
      if (this.#asked === served) await this.#idle()
    }
  }

  async #pass(): Promise<void> {
    try {
      await this.#options.reconcile()
    } catch (error) {
      this.#options.onError(error)
    }
  }

  async #idle(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    const rest = new AbortController()
    await Promise.race([woken, this.#pause(this.#options.everyMs, rest.signal)])
    rest.abort()
    this.#wake = undefined
  }

  async #pause(ms: number, early?: AbortSignal): Promise<void> {
    const signal = early === undefined ? this.#stop.signal : AbortSignal.any([this.#stop.signal, early])
    await delay(ms, undefined, { signal }).catch(() => undefined)
  }
}
