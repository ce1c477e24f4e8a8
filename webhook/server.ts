import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { SkupperError } from '../core/model/error.ts'
import { reviewRoutes, type ReviewParts } from './review-routes.ts'

/** Who sends this slowly is no API server: it gives up after some seconds itself. */
const REQUEST_TIMEOUT_MS = 10_000
/** Longer than an API server keeps an idle connection, so that it is the one who closes it. */
const KEEP_ALIVE_MS = 120_000
const MAX_CONNECTIONS = 1024
const LISTEN_DEADLINE_MS = 5_000

export interface ServerOptions extends ReviewParts {
  readonly host: string
  readonly port: number
  readonly certificate: ServingPair
}

/** PEM. */
export interface ServingPair {
  readonly certificate: string
  readonly key: string
}

/** The HTTPS server that API servers ask. */
export class WebhookServer {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** Throws `webhook/listen` where the port is not to be had. */
  static async open({ host, port, certificate, ...parts }: ServerOptions): Promise<WebhookServer> {
    const tls = { cert: certificate.certificate, key: certificate.key, handshakeTimeout: REQUEST_TIMEOUT_MS }
    const server = createServer(tls, reviewRoutes(parts))
    server.headersTimeout = REQUEST_TIMEOUT_MS
    server.requestTimeout = REQUEST_TIMEOUT_MS
    server.keepAliveTimeout = KEEP_ALIVE_MS
    server.maxConnections = MAX_CONNECTIONS
    try {
      await once(server.listen(port, host), 'listening', { signal: AbortSignal.timeout(LISTEN_DEADLINE_MS) })
    } catch (cause) {
      throw new SkupperError('webhook/listen', `cannot listen on ${host}:${String(port)}`, { given: port, cause })
    }
    return new WebhookServer(server)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Handshakes from now on show this certificate; connections there are go on. */
  replaceCertificate({ certificate, key }: ServingPair): void {
    this.#server.setSecureContext({ cert: certificate, key })
  }

  /** Takes no further connection, lets what runs finish within `graceMs`, then closes all. */
  async close(graceMs: number): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeIdleConnections()
    const timeUp = new AbortController()
    const overdue = delay(graceMs, 'overdue', { signal: timeUp.signal }).catch(() => 'closed')
    if ((await Promise.race([closed, overdue])) === 'overdue') this.#server.closeAllConnections()
    timeUp.abort()
    await closed
  }
}
