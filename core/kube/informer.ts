import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, SkupperError } from '../model/error.ts'
import { refusalError } from './errors.ts'
import type { KubeClient } from './kube-client.ts'
import type { KubeObject, ResourceType } from './kube-object.ts'
import type { KubeEvent } from './kube-watch.ts'
import { ObjectCache } from './object-cache.ts'
import { jittered } from './retry.ts'

/** How often everything is listed again though no watch told of a change. */
const RESYNC_MS = 30 * 60_000
const FIRST_PAUSE_MS = 200
const MAX_PAUSE_MS = 15_000
/** How seldom it is looked whether a kind has come, or the right to read it. */
const MAX_LOOK_PAUSE_MS = 5_000
const READY_POLL_MS = 20

/**
 * What is known of a type. `unknown` until the API server has answered; `absent` where the cluster does not have the
 * type; `unreadable` where it does, but this user may not read it.
 */
export type InformerState = 'unknown' | 'absent' | 'unreadable' | 'known'

export interface InformerLog {
  warn(facts: object, message: string): void
  info(facts: object, message: string): void
}

export interface InformerOptions {
  readonly namespace?: string | undefined
  readonly all?: boolean | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly log?: InformerLog | undefined
  /** Something of what `items` gives is different, or the state is. */
  readonly onChange?: (() => void) | undefined
  readonly resyncMs?: number | undefined
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined
  readonly now?: (() => Date) | undefined
}

/**
 * What an API server has of one type, kept up to date by a watch. While the server is away, the type is not there or
 * may not be read, it keeps what it knew, and says since when it has not heard.
 */
export class Informer<T extends KubeObject> {
  readonly type: ResourceType<T>
  readonly #client: KubeClient
  readonly #options: InformerOptions
  readonly #cache: ObjectCache<T>
  readonly #control = new AbortController()
  #started = false
  #isListed = false
  #version: string | undefined
  #listedAt = 0
  #failures = 0
  #error: SkupperError | undefined
  #staleSince: Date | undefined

  constructor(client: KubeClient, type: ResourceType<T>, options: InformerOptions = {}) {
    this.type = type
    this.#client = client
    this.#options = options
    this.#cache = new ObjectCache(type.plural)
  }

  /** Begins to list and watch. May be called twice. */
  start(): void {
    if (this.#started) return
    this.#started = true
    void this.#run(this.#control.signal)
  }

  /** Resolves when everything was listed once. Throws what keeps it from that: at once where waiting does not help. */
  async ready(deadlineMs: number): Promise<void> {
    await this.settled(deadlineMs)
    if (!this.#isListed && this.#error !== undefined) throw this.#error
  }

  /** Resolves when everything was listed once, or waiting for that does not help. Throws what it waited for in vain. */
  async settled(deadlineMs: number): Promise<void> {
    const deadline = performance.now() + deadlineMs
    while (!this.#isListed && !isLasting(this.#error)) {
      if (performance.now() > deadline || this.#control.signal.aborted) {
        throw this.#error ?? new SkupperError('kube/timeout', `The ${this.type.plural} were not listed in time`)
      }
      await delay(READY_POLL_MS)
    }
  }

  get state(): InformerState {
    if (this.#error?.code === 'kube/no-crd') return 'absent'
    if (this.#error?.code === 'kube/forbidden') return 'unreadable'
    return this.#isListed ? 'known' : 'unknown'
  }

  /** Sorted by name. */
  items(): readonly T[] {
    return this.#cache.items()
  }

  get(name: string): T | undefined {
    return this.#cache.get(name)
  }

  /** Since when nothing is known of changes; undefined while the watch is up. */
  get staleSince(): Date | undefined {
    return this.#staleSince
  }

  /** What keeps it from listing or watching now. */
  get error(): SkupperError | undefined {
    return this.#error
  }

  /** Takes over what a write answered, before the watch tells of it. */
  wrote(object: T): void {
    this.#cache.put(object)
  }

  /** Forgets what was deleted, before the watch tells of it. */
  deleted(name: string): void {
    this.#cache.bury(name)
  }

  close(): void {
    this.#control.abort()
  }

  async #run(signal: AbortSignal): Promise<void> {
    this.#staleSince = this.#now()
    while (!signal.aborted) {
      try {
        await this.#round(signal)
      } catch (error) {
        await this.#failed(error, signal)
      }
    }
  }

  /** One list, where it is due, and one watch. */
  async #round(signal: AbortSignal): Promise<void> {
    const { random = Math.random, resyncMs = RESYNC_MS } = this.#options
    if (this.#version === undefined || performance.now() - this.#listedAt > jittered(resyncMs, random)) {
      await this.#list()
    }
    const { all, namespace, labelSelector, fieldSelector } = this.#options
    await this.#client.watch(this.type, {
      ...{ all, namespace, labelSelector, fieldSelector, random, signal },
      resourceVersion: this.#version ?? '',
      onOpen: () => {
        this.#heard()
      },
      onEvent: (event) => {
        this.#take(event)
      },
    })
  }

  async #list(): Promise<void> {
    const { items, resourceVersion } = await this.#client.page(this.type, this.#options)
    const isChanged = this.#cache.replaceAll(items)
    this.#version = resourceVersion
    this.#listedAt = performance.now()
    const before = this.state
    this.#isListed = true
    this.#error = undefined
    if (isChanged || before !== 'known') this.#options.onChange?.()
  }

  #take({ type, object }: KubeEvent<T>): void {
    const { resourceVersion } = object.metadata
    if (resourceVersion !== undefined) this.#version = resourceVersion
    if (type === 'BOOKMARK') return
    const isChanged = type === 'DELETED' ? this.#cache.remove(object) : this.#cache.put(object)
    if (isChanged) this.#options.onChange?.()
  }

  #heard(): void {
    const { log } = this.#options
    if (this.#failures > 0) log?.info({ type: this.type.plural, since: this.#staleSince }, 'the watch is up again')
    this.#failures = 0
    this.#error = undefined
    this.#staleSince = undefined
  }

  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    const before = this.state
    const reason = await this.#reasonOf(error)
    if (signal.aborted) return
    this.#failures += 1
    this.#staleSince ??= this.#now()
    // Who may not read a type does not learn any more by being cut off.
    if (!isLasting(this.#error) || isLasting(reason)) this.#error = reason
    // The server no longer knows what changed since, or nobody knows what there was: everything is listed again.
    if (reason.code === 'kube/gone' || isLasting(reason)) this.#version = undefined
    this.#tellOfLoss(reason)
    if (this.state !== before) this.#options.onChange?.()
    const pause = jittered(pauseMs(reason, this.#failures), this.#options.random ?? Math.random)
    await delay(pause, undefined, { signal }).catch(() => undefined)
  }

  /** An API server forbids first, and only then looks whether it has the type: what it has, anybody may ask. */
  async #reasonOf(error: unknown): Promise<SkupperError> {
    if (!(error instanceof SkupperError)) return new SkupperError('kube/unreachable', messageOf(error))
    if (error.code !== 'kube/forbidden') return error
    const isServed = await this.#client.serves(this.type).catch(() => true)
    return isServed ? error : refusalError({ status: 404, body: '' }, { verb: 'list', type: this.type })
  }

  /** One line for each outage: the retries that follow say nothing new. */
  #tellOfLoss(error: SkupperError): void {
    // Whoever waits is told of what was never there.
    if (this.#failures > 1 || (isLasting(error) && !this.#isListed)) return
    const facts = { type: this.type.plural, since: this.#staleSince, reason: messageOf(error) }
    this.#options.log?.warn(facts, 'a watch was lost')
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date()
  }
}

/** Waiting does not help: somebody has to grant a right or install a type. */
function isLasting(error: SkupperError | undefined): boolean {
  return LASTING.includes(error?.code ?? '')
}

const LASTING: readonly string[] = ['kube/forbidden', 'kube/no-crd', 'kube/unauthorized']

function pauseMs(error: SkupperError, failures: number): number {
  if (error.code === 'kube/gone') return FIRST_PAUSE_MS
  return Math.min(isLasting(error) ? MAX_LOOK_PAUSE_MS : MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures)
}
