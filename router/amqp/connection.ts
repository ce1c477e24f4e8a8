import type { Duplex } from 'node:stream'
import type { SkupperError } from '../../core/model/error.ts'
import { ConnectionEngine } from './connection-engine.ts'
import type { Role } from './connection-engine.ts'
import type { ConnectionHandler, ConnectionOptions, Peer } from './connection-options.ts'
import type { Session } from './session.ts'

export type { ConnectionHandler, ConnectionLimits, ConnectionOptions, Peer } from './connection-options.ts'
export type { SaslMechanism, SaslOptions } from './handshake.ts'

/** One AMQP connection over a socket, in either role. */
export class Connection {
  readonly #engine: ConnectionEngine

  private constructor(role: Role, socket: Duplex, owned: { options: ConnectionOptions; handler: ConnectionHandler }) {
    this.#engine = new ConnectionEngine(role, socket, owned)
  }

  /** The side that dialled. The socket must be connected (TLS: secured). */
  static dial(socket: Duplex, options: ConnectionOptions, handler: ConnectionHandler): Connection {
    return new Connection('dialler', socket, { options, handler })
  }

  /** The side that listens. */
  static accept(socket: Duplex, options: ConnectionOptions, handler: ConnectionHandler): Connection {
    return new Connection('listener', socket, { options, handler })
  }

  /** Known from `onOpen` on. */
  get peer(): Peer | undefined {
    return this.#engine.peer
  }

  get stats(): { bytesIn: number; bytesOut: number } {
    return this.#engine.stats
  }

  /**
   * Opens a session. `incomingWindow` bounds, in frames, what may be on its way to us in it or held by its paused
   * deliveries.
   *
   * @throws SkupperError `amqp/not-open` before `onOpen` and after the end, `amqp/too-many-sessions`.
   */
  begin(o: { incomingWindow?: number } = {}): Session {
    return this.#engine.begin(o.incomingWindow)
  }

  /** Sends what was ended, says close and waits (bounded) for the peer's. Harmless when called twice. */
  close(condition?: string, description?: string): void {
    this.#engine.close(condition === undefined ? undefined : { condition, description })
  }

  /** Drops the connection at once: no close is said. */
  destroy(reason: SkupperError): void {
    this.#engine.destroy(reason)
  }
}
