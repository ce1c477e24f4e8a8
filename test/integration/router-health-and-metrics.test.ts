import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { startRouter } from '../support/router-process.ts'

const LOOPBACK = { host: '127.0.0.1', port: 0 }

test('health and metrics are served over HTTP, as far as the listener asks for them', async () => {
  const router = await startRouter([
    ['router', { id: 'a', mode: 'interior' }],
    ['listener', { name: 'http', http: true, ...LOOPBACK }],
    ['listener', { name: 'health', http: true, metrics: false, ...LOOPBACK }],
    ['tcpListener', { name: 'web', address: 'web:80', ...LOOPBACK }],
    ['tcpConnector', { name: 'web', address: 'web:80', ...LOOPBACK }],
  ])
  const page = async (listener: string, path: string) =>
    fetch(`http://127.0.0.1:${String(await router.port(listener))}${path}`)
  expect((await page('http', '/healthz')).status).toBe(200)
  expect((await page('health', '/healthz')).status).toBe(200)
  expect((await page('health', '/metrics')).status).toBe(404)
  await eventually(async () => {
    const text = await (await page('http', '/metrics')).text()
    expect(text).toContain('qdr_connections_total 0\n')
    expect(text).toContain(
      'skupper_router_tcp_connections_opened_total{type="tcpListener",name="web",address="web:80"} 0',
    )
    return true
  })
})
