/** What the site's router reported last over management. */
export interface RouterState {
  /** False while no router answers: nothing below says anything then. */
  readonly isRunning: boolean
  /** Why it does not, where that is known. */
  readonly trouble?: string | undefined
  /** Names of all entities the router has that come from resources. */
  readonly entityNames: ReadonlySet<string>
  /** The router's connectors for links, by name. */
  readonly connectors: ReadonlyMap<string, ConnectorState>
  /** Entities that listen, by name. */
  readonly listeners: ReadonlyMap<string, ListenerState>
  /** Connections to other routers. */
  readonly neighbours: readonly Neighbour[]
  /** Ids of the routers that can be reached, as far as they are known: this one among them, and its edge routers. */
  readonly routers: ReadonlySet<string>
  /** It is an edge router with a connection to an interior one, which knows the network in its place. */
  readonly hasUplink: boolean
}

export interface ConnectorState {
  readonly isUp: boolean
  /** The router's own words, empty if it has none. */
  readonly message: string
  /** Of a site with several routers: how many have it up, of how many. */
  readonly connections?: { readonly up: number; readonly total: number } | undefined
}

export interface ListenerState {
  readonly isUp: boolean
  /** Why it does not listen, in the router's words; empty if it has none. */
  readonly message: string
}

/** An open connection to another router, dialled by us (`out`) or by it (`in`). */
export interface Neighbour {
  readonly routerId: string
  readonly direction: 'in' | 'out'
  /** Where it goes, as `host:port`. */
  readonly host: string
}

export const NO_ROUTER: RouterState = {
  isRunning: false,
  entityNames: new Set(),
  connectors: new Map(),
  listeners: new Map(),
  neighbours: [],
  routers: new Set(),
  hasUplink: false,
}
