import { createServer, type Server, type Socket } from 'node:net'
import { SkupperError } from '../../core/model/error.ts'
import { Backoff } from '../mesh/connection/backoff.ts'

/** Connections the kernel may hold that we have not accepted yet. */
const DEFAULT_BACKLOG = 511
/** Connections one listener carries at a time; more are closed at once. */
const DEFAULT_MAX_CONNECTIONS = 16_384
const DEFAULT_RETRY = { firstMs: 200, maxMs: 5_000 }
/** Idle time before the kernel asks whether the client's machine is still there. */
export const KEEP_ALIVE_MS = 120_000

export interface ListeningSocketOptions {
  /** An address or name of this machine; empty for all of them. */
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly backlog?: number | undefined
  readonly maxConnections?: number | undefined
  /** Pause before a further try to bind: doubles from `firstMs` to `maxMs`. */
  readonly retry?: { readonly firstMs: number; readonly maxMs: number } | undefined
}

export interface ListeningSocketHandler {
  /** A client; its socket is half-open on FIN and paused. */
  onConnection(socket: Socket): void
  /** Whether the socket listens now. `reason`: what went wrong; absent when it was opened or closed as asked. */
  onStatus(up: boolean, reason?: SkupperError): void
  /** A client could not be taken: too many connections, or no descriptors. */
  onRefused(reason: SkupperError): void
  /** Uniform in [0, 1), for the jitter of the pauses. */
  random(): number
}

/** A listening socket that can be opened and closed again and again, and waits for a port that is taken. */
export class ListeningSocket {
  readonly #options: ListeningSocketOptions
  readonly #handler: ListeningSocketHandler
  readonly #backoff: Backoff
  #server: Server | undefined
  #retry: NodeJS.Timeout | undefined

  constructor(options: ListeningSocketOptions, handler: ListeningSocketHandler) {
    this.#options = options
    this.#handler = handler
    this.#backoff = new Backoff({ ...(options.retry ?? DEFAULT_RETRY), random: () => handler.random() })
  }

  /** The port it listens on; undefined while it does not. */
  get port(): number | undefined {
    const address = this.#server?.address()
    return typeof address === 'object' && address !== null ? address.port : undefined
  }

  /** Listens, or keeps trying to until closed. Does nothing when open. */
  open(): void {
    if (this.#server !== undefined || this.#retry !== undefined) return
    this.#bind()
  }

  /** Stops listening; connections it accepted live on. */
  close(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#backoff.reset()
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    server.close()
    this.#handler.onStatus(false)
  }

  #bind(): void {
    const { host, port, backlog = DEFAULT_BACKLOG, maxConnections = DEFAULT_MAX_CONNECTIONS } = this.#options
    const server = createServer({
      allowHalfOpen: true,
      pauseOnConnect: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    })
    server.maxConnections = maxConnections
    server.on('connection', (socket) => {
      this.#handler.onConnection(socket)
    })
    server.once('listening', () => {
      // Closed while the name of the host was being looked up.
      if (this.#server !== server) {
        server.close()
        return
      }
      this.#backoff.reset()
      this.#handler.onStatus(true)
    })
    server.on('error', (cause: NodeJS.ErrnoException) => {
      if (this.#server !== server) return
      // A failed accept costs that one client; the socket goes on.
      if (server.listening) this.#handler.onRefused(refusal(cause.message, cause))
      else this.#failed(cause)
    })
    server.on('drop', () => {
      this.#handler.onRefused(refusal(`there are ${String(maxConnections)} already`))
    })
    this.#server = server
    server.listen({ port, backlog, ...(host === '' ? {} : { host }) })
  }

  #failed(cause: NodeJS.ErrnoException): void {
    this.#server?.close()
    this.#server = undefined
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.#bind()
    }, this.#backoff.next())
    this.#handler.onStatus(false, bindError(cause, this.#options))
  }
}

function refusal(why: string, cause?: Error): SkupperError {
  return new SkupperError('listener/client-refused', `could not take a connection: ${why}`, { cause })
}

function bindError(cause: NodeJS.ErrnoException, { host, port }: ListeningSocketOptions): SkupperError {
  const where = `${host === '' ? '*' : host}:${String(port)}`
  const facts = { given: where, cause }
  if (cause.code === 'EADDRINUSE')
    return new SkupperError('listener/port-in-use', `port already in use: ${where}`, facts)
  if (cause.code === 'EACCES')
    return new SkupperError('listener/port-denied', `not allowed to listen on ${where}`, facts)
  return new SkupperError('listener/cannot-bind', `cannot listen on ${where}: ${cause.message}`, facts)
}
