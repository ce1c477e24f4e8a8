import { expect, test } from 'vitest'
import { routerMetricsType } from '../../../../../router/management/entities/router-metrics.ts'

test('the figures of the router are one entity', () => {
  const figures = () => ({ connections: 4, links: 3, addresses: 2, routers: 1, services: [] })
  const type = routerMetricsType({ id: 'a', version: '1.2.3', figures, uptimeSeconds: () => 60 })
  const counts = { connectionCount: 4, linkCount: 3, addrCount: 2, nodeCount: 1, uptimeSeconds: 60 }
  expect(type.list()).toMatchObject([{ identity: '1', id: 'a', version: '1.2.3', ...counts }])
})
