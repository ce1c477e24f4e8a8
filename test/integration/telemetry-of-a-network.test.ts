import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { connectorTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'
import { TelemetryCollector } from '../support/telemetry-collector.ts'

const WEB = { address: 'web:8080', host: '127.0.0.1', port: '0' }

async function network() {
  const authorities = await testAuthorities()
  const [a, b] = await Promise.all([routerConfig('a', authorities), routerConfig('b', authorities)])
  const connector = ['tcpConnector', { name: 'web', ...WEB, port: '8080' }]
  const routerA = await startRouter([...a.entities, connector], { environment: { SKUPPER_SITE_ID: 'site-a' } })
  const toA = connectorTo('to-a', await routerA.port('links'))
  const routerB = await startRouter([...b.entities, toA, ['tcpListener', { name: 'web', ...WEB }]])
  const local = await routerB.port('local')
  return { local, tls: b.clientTls, collector: await TelemetryCollector.open(local, b.clientTls) }
}

test('a collector at one router learns of all routers, links and services', async () => {
  const { collector } = await network()
  await eventually(() => collector.records('ROUTER').length === 2 && collector.records('CONNECTOR').length === 1)
  const [routerA, routerB] = ['0/a', '0/b'].map((name) =>
    collector.records('ROUTER').find((each) => each.name === name),
  )
  expect(routerA).toMatchObject({ parent: 'site-a', mode: 'interior' })
  expect(collector.records('CONNECTOR')).toMatchObject([
    { parent: routerA?.identity, name: 'web', vanAddress: 'web:8080', destHost: '127.0.0.1', destPort: '8080' },
  ])
  await eventually(() => collector.records('LISTENER').length === 1)
  expect(collector.records('LISTENER')).toMatchObject([
    { parent: routerB?.identity, name: 'web', vanAddress: 'web:8080' },
  ])
  await eventually(() => {
    const access = collector.records('ROUTER_ACCESS').find(({ parent }) => parent === routerA?.identity)
    expect(access).toMatchObject({ name: 'links', role: 'inter-router', linkCount: 1 })
    const link = { parent: routerB?.identity, name: 'to-a', operStatus: 'up', linkCost: 1, peer: access?.identity }
    expect(collector.records('LINK')).toMatchObject([link])
    return true
  })
  await eventually(() => collector.heartbeats.size === 2)
})

test('what changes is reported, what goes ends', async () => {
  const { collector, local, tls } = await network()
  const management = await manage(local, tls)
  const [web] = await eventually(() => {
    const listeners = collector.records('LISTENER')
    return listeners.length === 1 && listeners
  })
  await management.create('tcpListener', 'more', { ...WEB, address: 'more:1' })
  await eventually(() => collector.records('LISTENER').some(({ vanAddress }) => vanAddress === 'more:1'))
  await management.delete('tcpListener', { name: 'web' })
  await eventually(() => collector.ended(web?.identity ?? ''))
})
