import { createServer, type IncomingMessage, type RequestOptions, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { apiServerAccess } from './kube-cluster.ts'

/** A request on its way to the API server. */
export interface ProxiedRequest {
  readonly method: string
  readonly url: URL
  /** It changes something. */
  readonly isWrite: boolean
  readonly isWatch: boolean
}

/** In place of what the API server says. */
export interface Intervention {
  /** Before the request is passed on; an answer given here is all that there is. */
  readonly before?: (request: ProxiedRequest) => Answer | undefined
  /** After the API server has answered, and before the client hears of it. False keeps the answer back for ever. */
  readonly after?: (request: ProxiedRequest) => boolean
}

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface ApiServerProxy {
  /** Speaks HTTP without TLS; whoever asks is who the proxy is. */
  readonly server: string
  readonly seen: readonly ProxiedRequest[]
  /** From the next request on. */
  intervene(intervention: Intervention): void
  /** Ends the watches that run, as a server that restarts does. */
  cutWatches(): void
}

/** A proxy in front of the API server under test that can answer in its place. It goes with the test. */
export async function apiServerProxy(as: string): Promise<ApiServerProxy> {
  const access = await apiServerAccess()
  const seen: ProxiedRequest[] = []
  const watches = new Set<ServerResponse>()
  let intervention: Intervention = {}

  const pass = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(incoming)
    const request = proxied(incoming)
    seen.push(request)
    const { before, after } = intervention
    const instead = before?.(request)
    if (instead !== undefined) {
      response.writeHead(instead.status, { 'content-type': 'application/json' }).end(instead.body)
      return
    }
    const options: RequestOptions = {
      ...access,
      method: request.method,
      path: `${request.url.pathname}${request.url.search}`,
      headers: { ...incoming.headers, host: access.host, 'impersonate-user': as },
    }
    const outgoing = httpsRequest(options, (answer) => {
      if (after?.(request) === false) {
        answer.destroy()
        return
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      response.flushHeaders()
      answer.pipe(response)
    })
    outgoing.on('error', () => response.destroy())
    response.on('close', () => {
      watches.delete(response)
      outgoing.destroy()
    })
    if (request.isWatch) watches.add(response)
    outgoing.end(body)
  }

  const server = createServer((incoming, response) => {
    pass(incoming, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    server: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    seen,
    intervene: (next) => {
      intervention = next
    },
    cutWatches: () => {
      for (const watch of watches) watch.destroy()
    },
  }
}

function proxied({ method = 'GET', url = '/' }: IncomingMessage): ProxiedRequest {
  const parsed = new URL(url, 'http://proxy')
  return {
    method,
    url: parsed,
    isWrite: method !== 'GET',
    isWatch: parsed.searchParams.get('watch') === 'true',
  }
}
