import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import { once } from 'node:events'
import { SkupperError, messageOf } from '../../core/model/error.ts'
import type { TlsMaterial } from '../tls/tls-files.ts'

// An `import` of node:http makes Node load its WebSocket client too, for the module's exports: 16 MB of memory.
const { createServer } = process.getBuiltinModule('node:http')

/** A scraper and a few probes need a handful. */
const MAX_CONNECTIONS = 64
const REQUEST_TIMEOUT_MS = 10_000

export interface HttpListenerOptions {
  readonly name: string
  /** Empty for all addresses of the machine. */
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly tls: TlsMaterial | undefined
  /** The paths that are served. */
  readonly pages: HttpPages
}

/** What is served, by path. */
export type HttpPages = ReadonlyMap<string, () => Promise<HttpPage> | HttpPage>

export interface HttpPage {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/** A small HTTP server for probes and scrapers. It only ever reads. */
export class HttpListener {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** Resolves when it listens. Throws `http/cannot-listen`. */
  static async open(options: HttpListenerOptions): Promise<HttpListener> {
    const { name, host, port, tls, pages } = options
    const limits = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS }
    const answer = (request: IncomingMessage, response: ServerResponse): void => void respond(pages, request, response)
    const server =
      tls === undefined ? createServer(limits, answer) : createTlsServer({ ...limits, ...serverOptions(tls) }, answer)
    server.maxConnections = MAX_CONNECTIONS
    try {
      server.listen({ port, ...(host === '' ? {} : { host }) })
      await once(server, 'listening')
    } catch (cause) {
      const where = `${host === '' ? '*' : host}:${String(port)}`
      const message = `listener ${name} cannot listen on ${where}: ${messageOf(cause)}`
      throw new SkupperError('http/cannot-listen', message, { given: where, cause })
    }
    return new HttpListener(server)
  }

  /** The port it listens on. */
  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Connections made from now on get this certificate. */
  setTls(tls: TlsMaterial): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(serverOptions(tls))
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

function serverOptions({ cert, key }: TlsMaterial): { cert: string; key: string } {
  return { cert: cert ?? '', key: key ?? '' }
}

async function respond(pages: HttpPages, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, contentType, text } = await pageFor(pages, request)
  response.writeHead(status, { 'content-type': contentType })
  response.end(request.method === 'HEAD' ? undefined : text)
}

async function pageFor(pages: HttpPages, { method, url = '' }: IncomingMessage): Promise<HttpPage> {
  const page = pages.get(url.split('?', 1)[0] ?? '')
  if (page === undefined) return plain(404, 'not found')
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET')
  try {
    return await page()
  } catch (error) {
    return plain(500, messageOf(error))
  }
}

/** A page of one line. */
export function plain(status: number, line: string): HttpPage {
  return { status, contentType: 'text/plain', text: `${line}\n` }
}
