import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import type { Credentials } from '../../core/model/credentials.ts'

const DEADLINE_MS = 5_000

/** Shakes hands over loopback with client certificates required; throws what made the client or the server refuse. */
export async function mutualHandshake(server: Credentials, client: Credentials, host: string): Promise<void> {
  const listener = createServer({
    cert: server.certificate,
    key: server.key,
    ca: server.ca,
    requestCert: true,
    minVersion: 'TLSv1.3',
  })
  const failed = new Promise<never>((_resolve, reject) => listener.once('tlsClientError', reject))
  const accepted = once(listener, 'secureConnection').then(([socket]) => socket as TLSSocket)
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername: /[a-z]/.test(host) ? host : '',
    ...(/[a-z]/.test(host) ? {} : { host }),
    cert: client.certificate,
    key: client.key,
    ca: client.ca,
    timeout: DEADLINE_MS,
  })
  try {
    await Promise.race([once(socket, 'secureConnect'), failed])
    const served = await Promise.race([accepted, failed])
    served.destroy()
  } finally {
    socket.destroy()
    listener.close()
    failed.catch(() => undefined)
  }
}
