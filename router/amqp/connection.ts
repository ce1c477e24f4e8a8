import type { Duplex } from 'node:stream'
import { SkupperError } from '../../core/model/error.ts'
import type { Receiver } from './receiver.ts'
import type { Sender } from './sender.ts'
import type { Session } from './session.ts'

export type SaslMechanism = 'EXTERNAL' | 'ANONYMOUS'

/** Bounds of one connection. All have defaults. */
export interface ConnectionLimits {
  maxSessions: number
  maxLinks: number
  /** From the first byte to the peer's open. */
  handshakeMs: number
  /** How long our close waits for the peer's. */
  closeMs: number
  /** Bytes waiting in the socket above which no further transfers are made. */
  outboxBytes: number
  /** Bytes waiting in one delivery above which its `write` answers false. */
  deliveryBytes: number
  /** Frames that one session may have on their way to us or held here by paused deliveries. */
  incomingWindow: number
}

export interface ConnectionOptions {
  containerId: string
  /** The host that is dialled, as the peer knows itself. */
  hostname?: string | undefined
  /** Bytes; 16384 by default. */
  maxFrameSize?: number | undefined
  channelMax?: number | undefined
  /** What we announce; silence for twice as long closes the connection. 0 for never. */
  idleTimeoutMs?: number | undefined
  offeredCapabilities?: readonly string[] | undefined
  desiredCapabilities?: readonly string[] | undefined
  /** Keys become symbols. */
  properties?: ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>> | undefined
  sasl: {
    /** What a listener offers; what a dialler uses, in order of preference (none: it skips SASL). */
    mechanisms: readonly SaslMechanism[]
    /** A listener also takes a peer that skips SASL. */
    optional?: boolean | undefined
  }
  limits?: Partial<ConnectionLimits> | undefined
}

/** What the peer said in its open. */
export interface Peer {
  readonly containerId: string
  readonly hostname: string | undefined
  readonly maxFrameSize: number
  readonly idleTimeoutMs: number
  readonly offeredCapabilities: readonly string[]
  readonly desiredCapabilities: readonly string[]
  readonly properties: ReadonlyMap<string, unknown>
  /** The certificate's subject (`CN=x`, parts joined by commas) of a peer that authenticated with EXTERNAL. */
  readonly user: string | undefined
}

/** Told to the owner of a connection. */
export interface ConnectionHandler {
  onOpen(peer: Peer): void
  /** The peer opened a link: set `link.handler` in this call; answer with `accept` or `refuse`, now or later. */
  onAttach(link: Sender | Receiver): void
  /** Exactly once, after all links were told. Without reason: an orderly close. */
  onClosed(reason?: SkupperError): void
}

/** One AMQP connection over a socket, in either role. */
export class Connection {
  /** The side that dialled. The socket must be connected (TLS: secured). */
  static dial(_socket: Duplex, _options: ConnectionOptions, _handler: ConnectionHandler): Connection {
    return new Connection()
  }

  /** The side that listens. */
  static accept(_socket: Duplex, _options: ConnectionOptions, _handler: ConnectionHandler): Connection {
    return new Connection()
  }

  /** Known from `onOpen` on. */
  get peer(): Peer | undefined {
    return undefined
  }

  get stats(): { bytesIn: number; bytesOut: number } {
    return { bytesIn: 0, bytesOut: 0 }
  }

  /** Opens a session. @throws SkupperError `amqp/not-open`, `amqp/too-many-sessions` */
  begin(_o?: { incomingWindow?: number }): Session {
    throw new SkupperError('amqp/not-open', 'the engine is being written')
  }

  /** Says close and waits (bounded) for the peer's. Harmless when called twice. */
  close(_condition?: string, _description?: string): void {
    return
  }

  /** Drops the connection at once. */
  destroy(_reason: SkupperError): void {
    return
  }
}
