/** One end of a link (AMQP 1.0, part 3.5): what is read from (source) or written to (target). */
export interface Terminus {
  address?: string | undefined
  /** Asks the peer to make a node with an address of its choice. */
  dynamic?: boolean | undefined
  capabilities?: readonly string[] | undefined
  /** 0 none, 1 configuration, 2 unsettled state. */
  durable?: number | undefined
  expiryPolicy?: 'link-detach' | 'session-end' | 'connection-close' | 'never' | undefined
  /** Seconds. */
  timeout?: number | undefined
}
