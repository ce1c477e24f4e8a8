import { once } from 'node:events'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import { LineLimit } from '../../core/model/line-limit.ts'
import type { Credentials } from '../../core/model/credentials.ts'
import type { Log } from '../log.ts'
import { answerExchange, type Desks } from './exchange.ts'

const HEADERS_TIMEOUT_MS = 10_000
/** For a whole request; generous to slow lines, since it is 1 KiB. */
const REQUEST_TIMEOUT_MS = 30_000
const MAX_HEADER_BYTES = 16 * 1024
/** How often Node looks for those that take too long. */
const TIMEOUT_CHECKS_MS = 2_000
/** With one more the oldest is dropped: who means it is answered long before. */
const MAX_CONNECTIONS = 256
const MAX_HEADERS = 64
const CLOSE_GRACE_MS = 5_000

export interface TokenServerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly credentials: Required<Credentials>
  readonly desks: Desks
  /** Milliseconds. */
  readonly now: () => number
  readonly log: Log
}

/** The HTTPS server where other sites redeem tokens: TLS 1.3, one request for each connection, everything bounded. */
export class TokenServer {
  readonly #server: Server
  /** Oldest first; those in the handshake too, which the server itself does not list. */
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      if (this.#sockets.size > MAX_CONNECTIONS) this.#sockets.values().next().value?.destroy()
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /** Starts listening. Throws `token-server/cannot-listen`, for instance while the port is taken. */
  static async listen(options: TokenServerOptions): Promise<TokenServer> {
    const { host, port, log } = options
    try {
      const server = boundedServer(options)
      const tokenServer = new TokenServer(server)
      server.listen({ host, port })
      await once(server, 'listening')
      server.on('error', (error) => {
        log.error({ reason: messageOf(error) }, 'the token server has a fault')
      })
      return tokenServer
    } catch (cause) {
      const address = `${host}:${String(port)}`
      const message = `Cannot accept tokens on ${address}: ${messageOf(cause)}`
      throw new SkupperError('token-server/cannot-listen', message, { given: address, cause })
    }
  }

  /** The port it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Uses another certificate from the next connection on. */
  replaceCredentials(credentials: Required<Credentials>): void {
    this.#server.setSecureContext({ minVersion: 'TLSv1.3', cert: credentials.certificate, key: credentials.key })
  }

  /** Accepts no more, and ends when what is being served has its answer, or after `graceMs`. May be called twice. */
  async close(graceMs = CLOSE_GRACE_MS): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    const timer = setTimeout(() => {
      this.destroy()
    }, graceMs)
    this.#server.close()
    await closed
    clearTimeout(timer)
  }

  /** Ends at once. May be called twice. */
  destroy(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}

function boundedServer({ credentials, desks, now, log }: TokenServerOptions): Server {
  const lines = new LineLimit(now)
  const server = createServer({
    minVersion: 'TLSv1.3',
    cert: credentials.certificate,
    key: credentials.key,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECKS_MS,
    handshakeTimeout: HEADERS_TIMEOUT_MS,
    // Who redeems a token has none yet; whether one that is shown counts is decided where it is asked for.
    requestCert: true,
    rejectUnauthorized: false,
    keepAlive: false,
  })
  server.maxHeadersCount = MAX_HEADERS
  server.maxRequestsPerSocket = 1
  server.on('request', (request, response) => {
    void answerExchange(desks, request, response)
  })
  server.on('tlsClientError', (error, socket) => {
    const facts = { from: socket.remoteAddress, reason: messageOf(error) }
    lines.line((held) => {
      log.info({ ...facts, ...held }, 'no TLS with a peer of the token server')
    })
  })
  return server
}
