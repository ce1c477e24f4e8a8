import { expect, test } from 'vitest'
import { metricsPage } from '../../../../router/http/metrics.ts'
import type { RouterFigures } from '../../../../router/http/metrics.ts'

const deliveries = { ingress: 0, egress: 0, transit: 0, released: 0, rejected: 0 }

test('each scrape reads the figures anew', async () => {
  const web = { type: 'tcpListener', name: 'web-8080', address: 'web:8080' }
  const counts = { connectionsOpened: 5, connectionsClosed: 4, bytesIn: 10, bytesOut: 20 }
  let figures: RouterFigures = {
    connections: 3,
    links: 20,
    addresses: 4,
    routers: 1,
    services: [{ ...web, ...counts }],
    deliveries,
  }
  const page = metricsPage(() => figures)
  const first = await page()
  expect(first.contentType).toContain('text/plain')
  expect(first.text).toContain('qdr_connections_total 3\n')
  const labels = 'type="tcpListener",name="web-8080",address="web:8080"'
  expect(first.text).toContain(`skupper_router_tcp_connections_opened_total{${labels}} 5\n`)
  figures = { ...figures, connections: 1, services: [{ ...web, ...counts, bytesOut: 21 }] }
  const second = await page()
  expect(second.text).toContain('qdr_connections_total 1\n')
  expect(second.text).toContain(`skupper_router_tcp_bytes_out_total{${labels}} 21\n`)
})

test('two routers in one process do not share figures', async () => {
  const none = { links: 0, addresses: 0, routers: 0, services: [], deliveries }
  const one = metricsPage(() => ({ connections: 1, ...none }))
  const two = metricsPage(() => ({ connections: 2, ...none }))
  expect((await one()).text).toContain('qdr_connections_total 1\n')
  expect((await two()).text).toContain('qdr_connections_total 2\n')
})
