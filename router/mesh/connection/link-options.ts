import type { SkupperError } from '../../../core/model/error.ts'
import type { Peer } from '../../amqp/connection.ts'
import type { DialOptions } from '../../amqp/dial.ts'
import type { RouterConnection } from './router-connection.ts'

/** What a connector makes its links with, to interior routers and as an edge router. */
export interface LinkOptions {
  /** Of the connector. */
  readonly name: string
  readonly cost: number | undefined
  readonly target: () => DialOptions
  /** Answers whether the peer is refused. */
  readonly isRefused: (connection: RouterConnection, peer: Peer) => boolean
  readonly onLinked: (peer: Peer, cost: number) => void
  /** A connection is gone. */
  readonly onClosed: (reason: SkupperError | undefined) => void
  /** It is not linked: a try has failed, or the connection has ended. The next try follows, unless closed in this call. */
  readonly onFailed: (reason: SkupperError | undefined) => void
}
