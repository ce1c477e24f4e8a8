import { describe, expect, test } from 'vitest'
import type { EntityConfig } from '../../router/config/entities.ts'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { mixedNetwork } from '../support/mixed-network.ts'
import { startRouter } from '../support/router-process.ts'
import { SKROUTERD, startSkupperRouter, UNLESS_SKROUTERD } from '../support/skrouterd.ts'
import { closedPort } from '../support/tcp-peers.ts'
import { TelemetryCollector } from '../support/telemetry-collector.ts'

const HOST = '127.0.0.1'
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

/** A real router that listens for clients and for routers. */
async function realRouter() {
  const [clients, routers] = [await closedPort(), await closedPort()]
  await startSkupperRouter(
    'real',
    [
      ['listener', { name: 'clients', host: HOST, port: clients, role: 'normal' }],
      ['listener', { name: 'routers', host: HOST, port: routers, role: 'inter-router' }],
      ['address', { prefix: 'mc', distribution: 'multicast' }],
      ['tcpConnector', { name: 'theirs', address: 'theirs:80', host: HOST, port: '1' }],
    ],
    [clients, routers],
  )
  return { clients, routers }
}

/** Ours, linked to a real one. */
async function linkedRouters() {
  const { clients, routers } = await realRouter()
  const ours = await startRouter([
    ['router', { id: 'ours', mode: 'interior' }],
    ['listener', { name: 'clients', host: HOST, port: 0, role: 'normal' }],
    ['connector', { name: 'to-real', host: HOST, port: routers, role: 'inter-router' }],
    ['tcpConnector', { name: 'ours', address: 'ours:80', host: HOST, port: '1' }],
  ])
  return { real: clients, ours: await ours.port('clients') }
}

describe.skipIf(SKROUTERD === '')(`management of skupper-router${UNLESS_SKROUTERD}`, () => {
  test('our client creates, reads, updates, queries and deletes there', async () => {
    const client = await manage((await realRouter()).clients)
    const attributes = { address: 'web:8080', host: HOST, port: 8080 }
    const created = await client.create('tcpListener', 'web', attributes)
    expect(created).toMatchObject({ name: 'web', port: '8080', identity: 'tcpListener/127.0.0.1:8080:web' })
    expect(await client.read('tcpListener', { identity: created.identity })).toMatchObject({ address: 'web:8080' })
    const updated = await client.update('tcpListener', { name: 'web' }, { observer: 'http1' })
    expect(updated).toMatchObject({ observer: 'http1' })
    const listeners = await client.query('tcpListener', { attributeNames: ['name', 'siteId'] })
    expect(listeners).toEqual([{ name: 'web' }])
    await client.delete('tcpListener', { name: 'web' })
    expect(await client.query('tcpListener')).toEqual([])
  })

  test('its refusals have the codes that ours have', async () => {
    const client = await manage((await realRouter()).clients)
    const attributes = { address: 'web:8080', host: HOST, port: 8080 }
    await client.create('tcpConnector', 'web', attributes)
    const bad = code('management/bad-request')
    await expect(client.create('tcpConnector', 'web', attributes)).rejects.toThrow(bad)
    await expect(client.create('tcpConnector', 'b', { ...attributes, bogus: 1 })).rejects.toThrow(bad)
    await expect(client.read('tcpConnector', { name: 'none' })).rejects.toThrow(code('management/not-found'))
    const node = client.delete('router.node', { name: 'router.node/real' })
    await expect(node).rejects.toThrow(code('management/not-implemented'))
  })

  test('types that it answers in pages are read to the end', async () => {
    const client = await manage((await realRouter()).clients)
    const addresses = await client.query('router.address', { attributeNames: ['key'] })
    expect(addresses.map(({ key }) => key)).toContain('Mtheirs:80')
    expect(new Set(addresses.map(({ key }) => key)).size).toBe(addresses.length)
  })

  test('each router is asked through the other', async () => {
    const { real, ours } = await linkedRouters()
    const [atReal, atOurs] = [await manage(real), await manage(ours)]
    await eventually(async () => (await atReal.routerIds()).includes('ours'))
    await eventually(async () => (await atOurs.routerIds()).includes('real'))
    // It lists a router a moment before it has a route to it, and gives back what is sent there until then.
    const asked = await eventually(() => atReal.at('ours').query('tcpConnector'))
    expect(asked).toMatchObject([{ name: 'ours', port: '1' }])
    expect(await atOurs.at('real').query('tcpConnector')).toMatchObject([{ name: 'theirs', port: '1' }])
    const change = atReal.at('ours').delete('tcpConnector', { name: 'ours' })
    await expect(change).rejects.toThrow(code('management/forbidden'))
  })

  test.each(['real', 'ours'] as const)('a collector at %s has the records of both', async (where) => {
    const ports = await linkedRouters()
    const collector = await TelemetryCollector.open(ports[where])
    // A real router sends its first beacon up to ten seconds after somebody listens.
    const isComplete = () => collector.records('ROUTER').length === 2 && collector.records('CONNECTOR').length === 2
    await eventually(isComplete, { deadlineMs: 20_000 })
    expect(collector.records('ROUTER').map(({ name }) => name)).toEqual(expect.arrayContaining(['0/real', '0/ours']))
    const connectors = collector.records('CONNECTOR').map(({ vanAddress }) => vanAddress)
    expect(connectors).toEqual(expect.arrayContaining(['theirs:80', 'ours:80']))
    await eventually(() => {
      const [access] = collector.records('ROUTER_ACCESS')
      const [link] = collector.records('LINK')
      return link?.operStatus === 'up' && access !== undefined && link.peer === access.identity
    })
    await eventually(() => collector.heartbeats.size === 2)
  })

  test.each(['real', 'ours'] as const)(
    '%s: telemetry tells of a listener once for each of its addresses',
    async (kind) => {
      const port = String(await closedPort())
      const entities: readonly EntityConfig[] = [
        ['tcpListener', { name: 'web', host: HOST, port, multiAddressStrategy: 'priority' }],
        ['listenerAddress', { name: 'web-first', address: 'first', value: 2, listener: 'web' }],
        ['listenerAddress', { name: 'web-second', address: 'second', value: 1, listener: 'web' }],
      ]
      const member = (await mixedNetwork({ kinds: { one: kind }, links: [], entities: { one: entities } }))('one')
      const collector = await TelemetryCollector.open(member.clients)
      await eventually(() => collector.records('LISTENER').length === 2, { deadlineMs: 20_000 })
      const told = collector.records('LISTENER').map(({ name, vanAddress }) => `${String(name)} ${String(vanAddress)}`)
      expect(told.toSorted()).toEqual(['web first', 'web second'])
    },
  )
})
