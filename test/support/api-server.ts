import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { KubeClient } from '../../core/kube/kube-client.ts'
import { KubeTransport } from '../../core/kube/kube-transport.ts'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly authorization: string | undefined
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void

/** An HTTP server that answers as a test says, in the place of an API server, and a client of it. */
export async function fakeApiServer(answer: Answer): Promise<{ client: KubeClient; seen: SeenRequest[] }> {
  const seen: SeenRequest[] = []
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const { method = '', headers } = request
    const one = { method, path: url.pathname, query: url.searchParams, authorization: headers.authorization }
    seen.push(one)
    request.resume().on('end', () => {
      answer(one, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const transport = new KubeTransport({
    server: new URL(`http://127.0.0.1:${String(port)}`),
    authenticate: () => Promise.resolve({}),
  })
  onTestFinished(() => {
    transport.close()
    server.closeAllConnections()
    server.close()
  })
  return { client: new KubeClient({ transport, namespace: 'east', fieldManager: 'test', random: () => 0 }), seen }
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
