import type { IncomingMessage } from 'node:http'
import { SkupperError } from '../model/error.ts'
import { refusalError, unansweredError, type CallSubject } from './errors.ts'
import { isKubeObject, type KubeObject, type ResourceType } from './kube-object.ts'
import { kubePath } from './kube-path.ts'
import type { KubeTransport } from './kube-transport.ts'

/** The server ends each watch after a time between this and half as much more. */
const WATCH_SECONDS = 300
const CONNECT_MS = 15_000
/** Objects have 1.5 MiB at most; JSON may write some of that longer. */
const MAX_LINE_BYTES = 8 * 1024 * 1024
const MAX_REFUSAL_BYTES = 64 * 1024

/** Silence after which a watch counts as broken: a sound one has a bookmark every minute. */
export const MAX_SILENCE_MS = 90_000

export interface KubeEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: T
}

export interface WatchOptions<T extends KubeObject> {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly resourceVersion: string
  readonly signal: AbortSignal
  /** The watch is answered: what happens from now on is told. */
  readonly onOpen?: (() => void) | undefined
  readonly onEvent: (event: KubeEvent<T>) => void
  /** Milliseconds; `MAX_SILENCE_MS` where left out. */
  readonly maxSilenceMs?: number | undefined
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined
}

/** One watch, from its request to its end. Throws as `KubeClient.watch` says. */
export async function watchKube<T extends KubeObject>(
  transport: KubeTransport,
  type: ResourceType<T>,
  options: WatchOptions<T>,
): Promise<void> {
  const { namespace, labelSelector, fieldSelector, resourceVersion, random = Math.random } = options
  const timeoutSeconds = Math.round(WATCH_SECONDS * (1 + random() / 2))
  const query = {
    watch: true,
    allowWatchBookmarks: true,
    labelSelector,
    fieldSelector,
    resourceVersion,
    timeoutSeconds,
  }
  const subject: CallSubject = { verb: 'watch', type, namespace }
  const silence = new Silence(options.maxSilenceMs ?? MAX_SILENCE_MS, CONNECT_MS)
  const signal = AbortSignal.any([options.signal, silence.signal])
  try {
    const path = kubePath(type, { namespace, query })
    const response = await transport.open({ method: 'GET', path, signal })
    if (response.statusCode !== 200) throw await refused(response, subject)
    silence.heard()
    options.onOpen?.()
    for await (const line of linesOf(response, silence)) options.onEvent(eventOf(line, type, subject))
  } catch (error) {
    if (options.signal.aborted) return
    throw failure(error, { transport, isSilent: silence.signal.aborted })
  } finally {
    silence.end()
  }
}

/** Aborts its signal when nothing was heard for too long. */
class Silence {
  readonly #controller = new AbortController()
  readonly #maxMs: number
  #timer: NodeJS.Timeout

  constructor(maxMs: number, firstMs: number) {
    this.#maxMs = maxMs
    this.#timer = this.#wait(firstMs)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  heard(): void {
    clearTimeout(this.#timer)
    this.#timer = this.#wait(this.#maxMs)
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #wait(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#controller.abort()
    }, ms)
  }
}

async function* linesOf(response: IncomingMessage, silence: Silence): AsyncGenerator<string> {
  let rest = ''
  response.setEncoding('utf8')
  for await (const chunk of response) {
    silence.heard()
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_BYTES) throw new SkupperError('kube/too-large', 'An event of a watch is too large')
    yield* lines.filter((line) => line !== '')
  }
}

function eventOf<T extends KubeObject>(line: string, type: ResourceType<T>, subject: CallSubject): KubeEvent<T> {
  const event: unknown = JSON.parse(line)
  if (typeof event !== 'object' || event === null || !('type' in event) || !('object' in event)) {
    throw new SkupperError('kube/invalid', 'A watch of the API server sent something else than an event')
  }
  if (event.type === 'ERROR') throw errorEvent(event.object, subject)
  const { apiVersion, kind } = type
  const object: unknown = { apiVersion, kind, ...withName(event.object) }
  if (!isKubeObject(object) || !isEventType(event.type)) {
    throw new SkupperError('kube/invalid', `A watch of ${type.plural} sent an event that is not known`)
  }
  return { type: event.type, object: object as T }
}

/** A bookmark has a version and no name. */
function withName(object: unknown): object {
  if (typeof object !== 'object' || object === null || !('metadata' in object)) return {}
  return { ...object, metadata: { name: '', ...(object.metadata as object) } }
}

function isEventType(type: unknown): type is KubeEvent<KubeObject>['type'] {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK'
}

function errorEvent(status: unknown, subject: CallSubject): SkupperError {
  const code = typeof status === 'object' && status !== null && 'code' in status ? Number(status.code) : 500
  return refusalError({ status: code, body: JSON.stringify(status) }, subject)
}

async function refused(response: IncomingMessage, subject: CallSubject): Promise<SkupperError> {
  let body = ''
  response.setEncoding('utf8')
  for await (const chunk of response) {
    body += String(chunk)
    if (body.length > MAX_REFUSAL_BYTES) break
  }
  return refusalError({ status: response.statusCode ?? 0, body }, subject)
}

function failure(error: unknown, { transport, isSilent }: { transport: KubeTransport; isSilent: boolean }): unknown {
  if (isSilent) return unansweredError(transport.server, 'a watch heard nothing for too long', error)
  if (error instanceof SkupperError) return error
  return unansweredError(transport.server, error instanceof Error ? error.message : String(error), error)
}
