import type { RouterFigures, ServiceFigures } from '../../http/metrics.ts'
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
  'deliveriesIngressInterNetwork',
  'deliveriesEgressInterNetwork',
  'deliveriesRedirectedToFallback',
  'linksBlocked',
  'uptimeSeconds',
  'memoryUsage',
  'residentMemoryUsage',
  'connectionCounters',
]

/** What of a router its metrics entity shows beside the figures. */
export interface MetricsFacts {
  readonly id: string
  readonly version: string
  readonly figures: () => RouterFigures
  readonly uptimeSeconds: () => number
  readonly residentBytes: () => number
}

/** TCP connections that stand now. */
function tcpConnections(services: readonly ServiceFigures[]): number {
  return services.reduce(
    (sum, { connectionsOpened, connectionsClosed }) => sum + connectionsOpened - connectionsClosed,
    0,
  )
}

/** One entity with the figures of the whole router. */
export function routerMetricsType({ id, version, figures, uptimeSeconds, residentBytes }: MetricsFacts): EntityType {
  return {
    type: 'io.skupper.router.routerMetrics',
    attributes: ATTRIBUTES,
    list: () => {
      const { addresses, links, routers, connections, deliveries, services } = figures()
      return [
        {
          name: 'routerMetrics',
          identity: '1',
          ...{ id, version, mode: 'interior' },
          addrCount: addresses,
          linkCount: links,
          nodeCount: routers,
          connectionCount: connections,
          deliveriesIngress: deliveries.ingress,
          deliveriesEgress: deliveries.egress,
          deliveriesTransit: deliveries.transit,
          releasedDeliveries: deliveries.released,
          rejectedDeliveries: deliveries.rejected,
          residentMemoryUsage: residentBytes(),
          connectionCounters: { tcp: tcpConnections(services), amqp: connections, http1: 0, http2: 0 },
          uptimeSeconds: uptimeSeconds(),
        },
      ]
    },
  }
}
