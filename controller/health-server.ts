import { createServer, type Server } from 'node:http'

const TIMEOUT_MS = 5_000
const MAX_CONNECTIONS = 64

/** What probes ask. */
export interface Health {
  /** Why there is no work done now; undefined while all is well. */
  readonly notReady: () => string | undefined
}

/** Answers `/healthz` while the process works at all, and `/readyz` while it can do its work. Throws what listening throws. */
export async function serveHealth(port: number, { notReady }: Health): Promise<Server> {
  const server = createServer({ requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS }, (request, response) => {
    const reason = request.url === '/readyz' ? notReady() : undefined
    const isKnown = request.url === '/readyz' || request.url === '/healthz'
    response.writeHead(isKnown ? (reason === undefined ? 200 : 503) : 404, { 'content-type': 'text/plain' })
    response.end(isKnown ? `${reason ?? 'ok'}\n` : 'not found\n')
  })
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, resolve)
  })
  return server
}
