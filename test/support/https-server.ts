import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Credentials } from '../../core/model/credentials.ts'

/** An HTTPS server on loopback that answers as told; it ends with the test. */
export async function httpsServer(
  credentials: Required<Credentials>,
  answer: RequestListener,
  options: ServerOptions = {},
): Promise<{ url: string; port: number }> {
  const server = createServer({ cert: credentials.certificate, key: credentials.key, ...options }, answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `https://127.0.0.1:${String(port)}`, port }
}
