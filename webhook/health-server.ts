import express from 'express'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SkupperError } from '../core/model/error.ts'
import type { WebhookMetrics } from './metrics.ts'

const UNAVAILABLE = 503
const REQUEST_TIMEOUT_MS = 5_000
const LISTEN_DEADLINE_MS = 5_000

export interface HealthOptions {
  readonly host: string
  readonly port: number
  readonly metrics: WebhookMetrics
  /** What reviews still wait for; undefined where they are answered. */
  readonly missing: () => string | undefined
}

/** Plain HTTP for kubelet and Prometheus: `/healthz`, `/readyz` and `/metrics`. Throws `webhook/listen`. */
export async function openHealthServer({ host, port, metrics, missing }: HealthOptions): Promise<HealthServer> {
  const app = express().disable('x-powered-by')
  app.get('/healthz', (_request, response) => {
    response.type('text').send('ok\n')
  })
  app.get('/readyz', (_request, response) => {
    const reason = missing()
    response
      .status(reason === undefined ? 200 : UNAVAILABLE)
      .type('text')
      .send(`${reason ?? 'ok'}\n`)
  })
  app.get('/metrics', async (_request, response) => {
    const { type, text } = await metrics.page()
    response.set('content-type', type).send(text)
  })
  const server = createServer(app)
  server.requestTimeout = REQUEST_TIMEOUT_MS
  try {
    await once(server.listen(port, host), 'listening', { signal: AbortSignal.timeout(LISTEN_DEADLINE_MS) })
  } catch (cause) {
    throw new SkupperError('webhook/listen', `cannot listen on ${host}:${String(port)}`, { given: port, cause })
  }
  return new HealthServer(server)
}

export class HealthServer {
  readonly #server: Server

  constructor(server: Server) {
    this.#server = server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
