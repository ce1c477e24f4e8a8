import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, SkupperError } from '../model/error.ts'
import { errorCode } from './errors.ts'
import type { KubeClient } from './kube-client.ts'
import type { KubeObject, ResourceType } from './kube-object.ts'
import type { KubeEvent } from './kube-watch.ts'
import { ObjectCache } from './object-cache.ts'
import { jittered } from './retry.ts'

/** How often everything is listed again though no watch told of a change. */
const RESYNC_MS = 30 * 60_000
const FIRST_PAUSE_MS = 200
const MAX_PAUSE_MS = 15_000
const READY_POLL_MS = 20

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
  /** Something of what `items` gives is different. */
  readonly onChange?: (() => void) | undefined
  readonly resyncMs?: number | undefined
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined
  readonly now?: (() => Date) | undefined
}

/**
 * What an API server has of one type, kept up to date by a watch. While the server is away it keeps what it knew, and
 * says since when it has not heard.
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
    const deadline = performance.now() + deadlineMs
    while (!this.#isListed) {
      if (this.#error !== undefined && (isLasting(this.#error) || performance.now() > deadline)) throw this.#error
      if (performance.now() > deadline || this.#control.signal.aborted) {
        throw new SkupperError('kube/timeout', `The ${this.type.plural} were not listed in time`)
      }
      await delay(READY_POLL_MS)
    }
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
    const isFirst = !this.#isListed
    this.#isListed = true
    if (isChanged || isFirst) this.#options.onChange?.()
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
    if (signal.aborted) return
    const isGone = errorCode(error) === 'kube/gone'
    this.#failures += 1
    this.#staleSince ??= this.#now()
    this.#error = error instanceof SkupperError ? error : new SkupperError('kube/unreachable', messageOf(error))
    // The server no longer knows what changed since: everything is listed again.
    if (isGone) this.#version = undefined
    this.#tellOfLoss(error)
    const pause = isGone ? FIRST_PAUSE_MS : Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures)
    await delay(jittered(pause, this.#options.random ?? Math.random), undefined, { signal }).catch(() => undefined)
  }

  /** One line for each outage: the retries that follow say nothing new. */
  #tellOfLoss(error: unknown): void {
    if (this.#failures > 1) return
    const facts = { type: this.type.plural, since: this.#staleSince, reason: messageOf(error) }
    this.#options.log?.warn(facts, 'a watch was lost')
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date()
  }
}

/** Waiting does not help: somebody has to grant a right or install a type. */
function isLasting({ code }: SkupperError): boolean {
  return code === 'kube/forbidden' || code === 'kube/no-crd' || code === 'kube/unauthorized'
}
