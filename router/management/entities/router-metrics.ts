import type { RouterFigures } from '../../http/metrics.ts'
import type { EntityType } from '../entity-type.ts'

/** Those of skupper-router, whose tools ask for them; what is not counted here is not set. */
const ATTRIBUTES = [
  'id',
  'version',
  'mode',
  'addrCount',
  'linkCount',
  'nodeCount',
  'autoLinkCount',
  'connectionCount',
  'presettledDeliveries',
  'droppedPresettledDeliveries',
  'acceptedDeliveries',
  'rejectedDeliveries',
  'releasedDeliveries',
  'modifiedDeliveries',
  'deliveriesDelayed1Sec',
  'deliveriesDelayed10Sec',
  'deliveriesStuck',
  'deliveriesIngress',
  'deliveriesEgress',
  'deliveriesTransit',
  'deliveriesIngressRouteContainer',
  'deliveriesEgressRouteContainer',
  'deliveriesRedirectedToFallback',
  'linksBlocked',
  'uptimeSeconds',
  'memoryUsage',
  'residentMemoryUsage',
]

/** What of a router its metrics entity shows beside the figures. */
export interface MetricsFacts {
  readonly id: string
  readonly version: string
  readonly figures: () => RouterFigures
  readonly uptimeSeconds: () => number
}

/** One entity with the figures of the whole router. */
export function routerMetricsType({ id, version, figures, uptimeSeconds }: MetricsFacts): EntityType {
  return {
    type: 'io.skupper.router.routerMetrics',
    attributes: ATTRIBUTES,
    list: () => {
      const { addresses, links, routers, connections } = figures()
      return [
        {
          name: 'routerMetrics',
          identity: '1',
          ...{ id, version, mode: 'interior' },
          addrCount: addresses,
          linkCount: links,
          nodeCount: routers,
          connectionCount: connections,
          uptimeSeconds: uptimeSeconds(),
        },
      ]
    },
  }
}
