import type { Terminus } from '../../amqp/terminus.ts'

/** The capabilities of connections and links that routers know (protocol sheet, sections 1 and 2). */
export const CAPABILITY = {
  anonymousRelay: 'ANONYMOUS-RELAY',
  /** The peer takes a link for each streaming delivery. */
  streamingLinks: 'qd.streaming-links',
  /** The peer knows data connections. */
  trunking: 'qd.connection_trunking',
  /** Every delivery of the link is a stream. */
  streamingDeliveries: 'qd.streaming-deliveries',
  control: 'qd.router',
  data: 'qd.router-data',
} as const

/** What a router offers and wants on every connection. */
export const ROUTER_CAPABILITIES = [CAPABILITY.anonymousRelay, CAPABILITY.streamingLinks, CAPABILITY.trunking]

/** Deliveries a peer may begin on one link before the first is settled. */
export const LINK_CREDIT = 250

/** Whether one end of a link names a capability. */
export function offers(terminus: Terminus | undefined, capability: string): boolean {
  return terminus?.capabilities?.includes(capability) ?? false
}

/** Both ends of a link between routers: no address, at most a capability. */
export function linkEnd(capability?: string): Terminus {
  const end: Terminus = { durable: 0, expiryPolicy: 'link-detach', timeout: 0 }
  return capability === undefined ? end : { ...end, capabilities: [capability] }
}
