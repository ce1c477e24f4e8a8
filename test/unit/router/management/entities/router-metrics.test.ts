import { expect, test } from 'vitest'
import { routerMetricsType } from '../../../../../router/management/entities/router-metrics.ts'

test('the figures of the router are one entity', () => {
  const counts = { connectionsOpened: 5, connectionsClosed: 2, bytesIn: 0, bytesOut: 0 }
  const web = { type: 'tcpListener', name: 'web', address: 'web:80', ...counts }
  const deliveries = { ingress: 11, egress: 12, transit: 13, released: 14, rejected: 15 }
  const figures = () => ({ connections: 4, links: 3, addresses: 2, routers: 1, services: [web], deliveries })
  const type = routerMetricsType({
    id: 'a',
    version: '1.2.3',
    figures,
    uptimeSeconds: () => 60,
    residentBytes: () => 1024,
  })
  const shown = {
    ...{ connectionCount: 4, linkCount: 3, addrCount: 2, nodeCount: 1, uptimeSeconds: 60 },
    ...{ deliveriesIngress: 11, deliveriesEgress: 12, deliveriesTransit: 13 },
    ...{ releasedDeliveries: 14, rejectedDeliveries: 15, residentMemoryUsage: 1024 },
    connectionCounters: { tcp: 3, amqp: 4, http1: 0, http2: 0 },
  }
  expect(type.list()).toMatchObject([{ identity: '1', id: 'a', version: '1.2.3', ...shown }])
})
