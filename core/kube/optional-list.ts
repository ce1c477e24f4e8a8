import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, SkupperError } from '../model/error.ts'
import type { KubeClient } from './kube-client.ts'
import type { KubeObject, ResourceType } from './kube-object.ts'

/** How often it is looked whether a kind that was not there, or not readable, has come. */
const LOOK_AGAIN_MS = 1_000
const FIRST_BACKOFF_MS = 200
const MAX_BACKOFF_MS = 10_000
const READY_PAUSE_MS = 20

/**
 * What is known of a kind. `unknown` until the API server has answered; `absent` where the cluster does not have the
 * kind; `unreadable` where it does, but this user may not read it.
 */
export type ListState = 'unknown' | 'absent' | 'unreadable' | 'known'

export interface OptionalListOptions<T extends KubeObject> {
  readonly client: KubeClient
  readonly type: ResourceType<T>
  /** One namespace; all of them where left out. */
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  /** State or items are others than before. */
  readonly onChange: () => void
  readonly log: { warn(facts: object, message: string): void }
  /** From 0 to 1. */
  readonly random: () => number
}

/**
 * All objects of a kind that a cluster may not have, or not let one read, kept up to date by a watch. While the API
 * server is away, what was known last stays.
 */
export class OptionalList<T extends KubeObject = KubeObject> {
  readonly #options: OptionalListOptions<T>
  readonly #stop = new AbortController()
  #items = new Map<string, T>()
  #state: ListState = 'unknown'
  #why = ''
  #version = ''

  constructor(options: OptionalListOptions<T>) {
    this.#options = options
  }

  get state(): ListState {
    return this.#state
  }

  /** Why it is unreadable: names the verb and the resource. */
  get why(): string {
    return this.#why
  }

  get items(): readonly T[] {
    return [...this.#items.values()]
  }

  start(): void {
    void this.#follow()
  }

  /** Waits until anything is known. Throws `kube/timeout`. */
  async ready(deadlineMs: number): Promise<void> {
    const deadline = performance.now() + deadlineMs
    while (this.#state === 'unknown') {
      if (performance.now() > deadline) {
        const { plural } = this.#options.type
        throw new SkupperError('kube/timeout', `nothing is known of ${plural} after ${String(deadlineMs)} ms`)
      }
      await delay(READY_PAUSE_MS)
    }
  }

  close(): void {
    this.#stop.abort()
  }

  async #follow(): Promise<void> {
    let failures = 0
    while (!this.#stop.signal.aborted) {
      try {
        if (this.#version === '') await this.#list()
        failures = 0
        await this.#watch()
      } catch (error) {
        failures += 1
        await this.#pause(await this.#take(error, failures))
      }
    }
  }

  async #list(): Promise<void> {
    const { client, type } = this.#options
    const { items, resourceVersion } = await client.page(type, this.#place())
    this.#items = new Map(items.map((item) => [keyOf(item), item]))
    this.#version = resourceVersion
    this.#become('known', '')
  }

  async #watch(): Promise<void> {
    const { client, type } = this.#options
    await client.watch(type, {
      ...this.#place(),
      resourceVersion: this.#version,
      signal: this.#stop.signal,
      onEvent: (event) => {
        this.#version = event.object.metadata.resourceVersion ?? this.#version
        if (event.type === 'BOOKMARK') return
        if (event.type === 'DELETED') this.#items.delete(keyOf(event.object))
        else this.#items.set(keyOf(event.object), event.object)
        this.#options.onChange()
      },
    })
  }

  /** What an error says of the kind; gives the milliseconds after which to ask again. */
  async #take(error: unknown, failures: number): Promise<number> {
    const code = error instanceof SkupperError ? error.code : ''
    const { type, log, random } = this.#options
    this.#version = ''
    if (code === 'kube/no-crd' || code === 'kube/not-found') return this.#lose('absent', '')
    if (code === 'kube/forbidden')
      return (await this.#isServed()) ? this.#lose('unreadable', messageOf(error)) : this.#lose('absent', '')
    if (failures === 1 && code !== 'kube/gone')
      log.warn({ kind: type.kind, reason: messageOf(error) }, 'a list is not up to date')
    return Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), MAX_BACKOFF_MS) * (0.5 + random() / 2)
  }

  /** An API server forbids first, and only then looks whether it has the kind: what it has, anybody may ask. */
  async #isServed(): Promise<boolean> {
    const { client, type } = this.#options
    return client.serves(type).catch(() => true)
  }

  #lose(state: 'absent' | 'unreadable', why: string): number {
    this.#items.clear()
    this.#become(state, why)
    return LOOK_AGAIN_MS
  }

  #become(state: ListState, why: string): void {
    const isSame = this.#state === state && this.#why === why && state !== 'known'
    this.#state = state
    this.#why = why
    if (!isSame) this.#options.onChange()
  }

  #place() {
    const { namespace, labelSelector, fieldSelector } = this.#options
    return { labelSelector, fieldSelector, ...(namespace === undefined ? { all: true } : { namespace }) }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined)
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}
