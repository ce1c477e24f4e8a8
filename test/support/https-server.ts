import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { createAuthority, readAuthority } from '../../core/pki/authority.ts'
import type { Credentials } from '../../core/pki/credentials.ts'
import { issueCredentials } from '../../core/pki/issue.ts'

/** Server credentials of a new CA, valid now for these hosts. */
export async function serverCredentials(hosts: readonly string[] = ['127.0.0.1']): Promise<Required<Credentials>> {
  const now = Date.now()
  const authority = readAuthority(await createAuthority({ commonName: 'skupper-grant-server-ca', now }), now)
  return issueCredentials(authority, { commonName: 'skupper-grant-server', hosts, now })
}

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
