/** Addresses and capabilities that edge routers and their interior routers use between them (protocol sheet, section 3). */
export const EDGE_NAMES = {
  /** Capability of the link that brings an edge what is sent to it by name. */
  downlink: 'qd.router-edge-downlink',
  /** Source of the link that tells an edge which of its addresses have a consumer. */
  tracking: '_$qd.edge_addr_tracking',
  /** Target of the link on which an edge names its mesh. */
  meshDiscovery: '_$qd.mesh_discovery',
} as const
