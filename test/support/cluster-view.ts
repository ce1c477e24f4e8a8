import { NO_POLICIES } from '../../core/model/exposure/exposure-of.ts'
import type { ClusterView } from '../../webhook/cluster-view.ts'
import { SHOP } from './exposable.ts'

/** A cluster with the namespace `shop`, which has a site, and nothing else. */
export function clusterView(parts: Partial<ClusterView> = {}): ClusterView {
  return {
    policies: NO_POLICIES,
    namespace: (name) => (name === SHOP.name ? SHOP : { name, labels: {} }),
    hasSite: (namespace) => namespace === SHOP.name,
    hasController: (namespace) => namespace === SHOP.name,
    exposedAt: () => [],
    peerAuthentications: undefined,
    ...parts,
  }
}
