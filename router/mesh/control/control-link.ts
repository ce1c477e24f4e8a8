/** The control link pair of one inter-router connection, as far as the control plane needs it. */
export interface ControlLink {
  /** The router id at the other end: the container id of its open. */
  readonly peerId: string
  /** The link's cost, at least 1: the larger of both ends' settings. */
  readonly cost: number
  /** Queues a complete, settled message, router annotations included. Must not call back into the control plane. */
  send(message: Buffer): void
}

/** What the control plane tells its owner. Each is called after the state it is about has changed. */
export interface ControlEvents {
  /** Routes have changed: next hops, costs, radius or valid origins may differ. */
  onTopology(): void
  /** The holders of a mobile address may have changed. */
  onAddress(key: string): void
  /** No route leads to this router any more. Its addresses are kept a little longer, for it may come back. */
  onRouterLost(routerId: string): void
  /** This neighbour is about to end: whoever dialled it does well to dial anew. Told for each link state that says so. */
  onLeaving(routerId: string): void
  /** Two live routers claim this id. Told at most once a minute for each id. */
  onDuplicateId(routerId: string): void
}

/** A remote router where an address has consumers. `treatment` is one of the numbers of treatments.ts. */
export interface Holder {
  readonly routerId: string
  readonly treatment: number
}

/** One known router, this one included (then `self` is true, cost 0 and `nextHop` undefined). */
export interface RouterView {
  readonly routerId: string
  readonly self: boolean
  /** Undefined without a route. */
  readonly cost: number | undefined
  /** The neighbour that leads there; undefined for this router, for neighbours themselves and without a route. */
  readonly nextHop: string | undefined
  /** The ids of its neighbours as it last published them; empty if not known. */
  readonly linkState: readonly string[]
  /** Its boot time in seconds; undefined if not known. */
  readonly instance: number | undefined
  /** When its route or link state last changed, on the control plane's clock in ms. */
  readonly lastTopologyChange: number
}

/** Times in ms; the values of a router that is not configured otherwise are in `DEFAULT_TIMERS`. */
export interface ControlTimers {
  /** How often the owner calls `tick`, which sends HELLO. */
  readonly helloMs: number
  /** A neighbour is lost this long after its last HELLO that lists us. */
  readonly helloMaxAgeMs: number
  readonly raMs: number
  /** The shorter interval of RA for `raFastForMs` after a change of topology. */
  readonly raFastMs: number
  readonly raFastForMs: number
  /** The link state of a router whose RA was not heard for so long is dropped. */
  readonly linkStateMaxAgeMs: number
  /** How long the addresses of an unreachable router are kept. */
  readonly flushHoldMs: number
}

export const DEFAULT_TIMERS: ControlTimers = {
  helloMs: 1_000,
  helloMaxAgeMs: 3_000,
  raMs: 30_000,
  raFastMs: 4_000,
  raFastForMs: 8_000,
  linkStateMaxAgeMs: 60_000,
  flushHoldMs: 1_000,
}

/** Where the control plane's few log lines go; the shape of pino's methods. */
export interface ControlLog {
  info(facts: object, text: string): void
  warn(facts: object, text: string): void
}
