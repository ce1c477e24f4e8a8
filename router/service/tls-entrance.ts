import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import type { TlsMaterial } from '../tls/tls-files.ts'
import { HTTP_PROTOCOLS } from './alpn.ts'

/** Clients that shake hands at a time: with one more the oldest is dropped, for who means it is done long before. */
const DEFAULT_MAX_HANDSHAKES = 256
const HANDSHAKE_MS = 10_000

export interface TlsEntranceOptions {
  readonly tls: TlsMaterial
  /** Only clients with a certificate of the profile's CA come in. */
  readonly authenticatePeer: boolean
  /** Of clients that offer both, HTTP/2 is chosen; else HTTP/1.1, which every HTTP server speaks. */
  readonly prefersHttp2: () => boolean
  /** A client is secured. Its socket is half-open on FIN and paused; `alpn` is what it and we have agreed on, if anything. */
  readonly onSecured: (socket: TLSSocket, alpn: string | undefined) => void
  readonly onRefused: (reason: SkupperError) => void
  /** Handshakes at a time. */
  readonly maxHandshakes?: number | undefined
}

/** Ends the TLS of clients whose sockets a listener has accepted. */
export class TlsEntrance {
  readonly #options: TlsEntranceOptions
  readonly #server: Server
  /** By the client's address and port, oldest first: sockets that are not secured yet. */
  readonly #shaking = new Map<string, Socket>()

  constructor(options: TlsEntranceOptions) {
    const { tls, authenticatePeer, onSecured } = options
    this.#options = options
    this.#server = createServer({
      ...contextOf(tls),
      requestCert: authenticatePeer,
      rejectUnauthorized: authenticatePeer,
      handshakeTimeout: HANDSHAKE_MS,
      allowHalfOpen: true,
      ALPNCallback: ({ protocols }) => this.#chosen(protocols),
    })
    this.#server.on('secureConnection', (socket) => {
      socket.pause()
      this.#shaking.delete(endOf(socket))
      onSecured(
        socket,
        HTTP_PROTOCOLS.find((protocol) => protocol === socket.alpnProtocol),
      )
    })
    this.#server.on('tlsClientError', (cause, socket) => {
      options.onRefused(new SkupperError('listener/tls', `TLS with a client failed: ${messageOf(cause)}`, { cause }))
      // After a time-out it is still open.
      socket.destroy()
    })
  }

  /** A client that was accepted. */
  take(socket: Socket): void {
    const { maxHandshakes = DEFAULT_MAX_HANDSHAKES } = this.#options
    const end = endOf(socket)
    this.#shaking.set(end, socket)
    if (this.#shaking.size > maxHandshakes) this.#shaking.values().next().value?.destroy()
    socket.once('close', () => {
      if (this.#shaking.get(end) === socket) this.#shaking.delete(end)
    })
    this.#server.emit('connection', socket)
  }

  /** Clients to come meet these certificates. */
  setTls(tls: TlsMaterial): void {
    this.#server.setSecureContext(contextOf(tls))
  }

  /** Drops who is not secured yet. */
  close(): void {
    for (const socket of this.#shaking.values()) socket.destroy()
  }

  /** What a client may want beyond HTTP goes through as it is: to refuse it would be for its server to do. */
  #chosen(offered: readonly string[]): string | undefined {
    const known = this.#options.prefersHttp2() ? HTTP_PROTOCOLS.toReversed() : HTTP_PROTOCOLS
    return known.find((protocol) => offered.includes(protocol)) ?? offered[0]
  }
}

function endOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${String(remotePort)}`
}

function contextOf({ ca, cert, key }: TlsMaterial): { ca?: string; cert?: string; key?: string } {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}
