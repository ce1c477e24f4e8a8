/**
 * Where a delivery entered this router. 'self': made here. 'local-client': a connection that proved itself with a
 * certificate on a `normal` listener; it alone may change configuration. 'network': everything else.
 */
export interface Origin {
  readonly kind: 'self' | 'local-client' | 'network'
  /** The container id of the connection it came by. */
  readonly peer?: string
}

/** What a link adds to the deliveries that arrive on it. */
export interface Ingress {
  readonly origin: Origin
  /** The neighbouring router it came from: it is never sent back there. */
  readonly neighbour?: string
  /** The edge router's connection it came by: it is never sent back there. */
  readonly edge?: object | undefined
  /** The address the link was attached to; it stands over the message's own. */
  readonly to?: string | undefined
  /** Every delivery of the link is a stream, whatever its flags (capability `qd.streaming-deliveries`). */
  readonly streaming?: boolean
}
