import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import type { TlsMaterial } from '../tls/tls-files.ts'
import { KEEP_ALIVE_MS } from './listening-socket.ts'

/** How targets are spoken to over TLS. */
export interface TargetTls {
  readonly material: TlsMaterial
  /** The target's certificate must name the host that is dialled; of the profile's CA it must be in any case. */
  readonly verifyHostname: boolean
}

/**
 * Starts to connect to a target and to secure that; `alpn` is what the client has agreed on with its own side. The
 * socket is half-open on FIN and paused, and emits 'secureConnect' once it can be used.
 */
export function tlsTargetSocket(
  { host, port }: { readonly host: string; readonly port: number },
  { material: { ca, cert, key }, verifyHostname }: TargetTls,
  alpn: string | undefined,
): TLSSocket {
  const socket = connect({
    ...{ host, port, ca, cert, key, allowHalfOpen: true },
    // TLS allows no address as a server name.
    servername: isIP(host) === 0 ? host : '',
    ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }),
    ...(verifyHostname ? {} : { checkServerIdentity: () => undefined }),
  })
  socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS)
  return socket.pause()
}
