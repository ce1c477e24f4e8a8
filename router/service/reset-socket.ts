import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

/** The socket of a client or target, with TLS or without. */
export interface StreamSocket extends Duplex {
  /** Closes with RST; only without TLS. */
  resetAndDestroy(): unknown
}

/** Closes so that the peer sees an error and no end: with RST, in TLS by leaving without the word for it. */
export function resetSocket(socket: StreamSocket): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}
