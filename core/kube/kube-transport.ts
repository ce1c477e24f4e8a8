import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent, request as httpsRequest, type RequestOptions as TlsRequestOptions } from 'node:https'
import { text } from 'node:stream/consumers'
import { messageOf, SkupperError } from '../model/error.ts'
import { unansweredError } from './errors.ts'

/** The most that one answer may have: a list comes in pages far smaller than that. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024
const MAX_SOCKETS = 64
const KEEP_ALIVE_MS = 30_000

export interface TransportOptions {
  /** Where the API server is, with the path it is under, if any. */
  readonly server: URL
  /** Certificates, headers and proxy of the next request: they change while a process runs. */
  readonly authenticate: () => Promise<TlsRequestOptions>
}

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With the query. */
  readonly path: string
  readonly body?: string | undefined
  readonly contentType?: string | undefined
  readonly signal: AbortSignal
}

export interface KubeAnswer {
  readonly status: number
  readonly body: string
  /** What the server asks to wait before the next try. */
  readonly retryAfterMs: number | undefined
}

/** HTTP to one API server, over connections that are kept. */
export class KubeTransport {
  readonly server: string
  readonly #options: TransportOptions
  readonly #agent: Agent | HttpAgent

  constructor(options: TransportOptions) {
    this.#options = options
    this.server = options.server.origin
    const agentOptions = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets: MAX_SOCKETS }
    this.#agent = options.server.protocol === 'http:' ? new HttpAgent(agentOptions) : new Agent(agentOptions)
  }

  /** One question, one answer. Throws `kube/unreachable`, `kube/timeout` when the signal aborts, `kube/too-large`. */
  async send(request: KubeRequest): Promise<KubeAnswer> {
    const response = await this.open(request)
    try {
      const body = await text(bounded(response))
      return { status: response.statusCode ?? 0, body, retryAfterMs: retryAfter(response) }
    } catch (error) {
      throw error instanceof SkupperError ? error : this.#failure(error, request.signal)
    }
  }

  /** The answer as it comes, for watches: the caller reads it, or destroys it. */
  async open(request: KubeRequest): Promise<IncomingMessage> {
    const options = await this.#requestOptions(request)
    return new Promise((resolve, reject) => {
      const start = this.#options.server.protocol === 'http:' ? httpRequest : httpsRequest
      const outgoing = start(options, resolve)
      outgoing.on('error', (error) => {
        reject(this.#failure(error, request.signal))
      })
      outgoing.end(request.body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }

  async #requestOptions({ method, path, contentType, signal, body }: KubeRequest): Promise<RequestOptions> {
    const { server } = this.#options
    const given = await this.#authentication()
    const headers: Record<string, string | number> = { accept: 'application/json' }
    if (body !== undefined) {
      headers['content-type'] = contentType ?? 'application/json'
      headers['content-length'] = Buffer.byteLength(body)
    }
    return {
      agent: this.#agent,
      ...given,
      hostname: server.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: server.port,
      path: `${server.pathname.replace(/\/$/, '')}${path}`,
      method,
      signal,
      headers: { ...plainHeaders(given.headers), ...headers },
    }
  }

  async #authentication(): Promise<TlsRequestOptions> {
    try {
      return await this.#options.authenticate()
    } catch (cause) {
      const message = `No credentials for the API server ${this.server}: ${messageOf(cause)}`
      throw new SkupperError('kube/unauthorized', message, { cause })
    }
  }

  #failure(error: unknown, signal: AbortSignal): SkupperError {
    if (!signal.aborted) return unansweredError(this.server, reasonOf(error), error)
    return new SkupperError('kube/timeout', `The API server ${this.server} did not answer in time`, { cause: error })
  }
}

/** The system's code of a failed connection, such as ECONNREFUSED; undefined for any other error. */
export function connectionCode(error: SkupperError): string | undefined {
  const { cause } = error
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}

async function* bounded(response: IncomingMessage): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk as Buffer)
    size += bytes.length
    if (size > MAX_ANSWER_BYTES) {
      const message = `The API server's answer has more than ${String(MAX_ANSWER_BYTES)} bytes`
      throw new SkupperError('kube/too-large', message)
    }
    yield bytes
  }
}

/** An address with several numbers fails with one error for all; its parts say why. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return messageOf(error)
}

function retryAfter({ headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers['retry-after'])
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined
}

function plainHeaders(headers: RequestOptions['headers']): Record<string, string | number> {
  const plain = Object.entries(headers ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(plain)
}
