import { expect, test } from 'vitest'
import { SOURCE_LOST_MS } from '../../../../controller/network/network-records.ts'
import { SiteMessaging } from '../../../../controller/network/site-messaging.ts'
import { syncedListeners } from '../../../../controller/services/synced-listeners.ts'
import { eventually } from '../../../support/eventually.ts'
import { connector, site } from '../../../support/machine-resources.ts'
import { MessageBus } from '../../../support/message-bus.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

function messaging(siteId: string) {
  const clock = { now: 0 }
  const made = new SiteMessaging({
    siteId,
    siteName: siteId,
    namespace: 'ns',
    platform: 'linux',
    version: '1',
    now: () => clock.now,
    random: () => (siteId === 'east' ? 0.1 : 0.9),
    log: new RecordedLog(),
    onChange: () => undefined,
  })
  return { made, clock }
}

function resources(settings: Record<string, string>, keys: readonly string[] = []) {
  const connectors = keys.map((routingKey) => connector(routingKey.replace(':', '-'), { routingKey }))
  return {
    site: site('x', { settings }),
    surplus: [],
    accesses: [],
    links: [],
    listeners: [],
    multiKeyListeners: [],
    connectors,
    secrets: [],
  }
}

test('two sites learn of each other and of their services', async () => {
  const bus = new MessageBus()
  const east = messaging('east')
  const west = messaging('west')
  for (const { made } of [east, west]) await made.connected(bus.client())
  west.made.configure(resources({}))
  east.made.configure(resources({}, ['backend:8080']))
  expect(west.made.synced.map(({ routingKey, origins }) => [routingKey, origins])).toEqual([['backend:8080', ['east']]])
  await eventually(() => west.made.network.some(({ id }) => id === 'east'))
  for (const { made } of [east, west]) made.disconnected()
})

test('the settings turn sync off, or narrow it', async () => {
  const bus = new MessageBus()
  const east = messaging('east')
  const west = messaging('west')
  for (const { made } of [east, west]) await made.connected(bus.client())
  east.made.configure(resources({}, ['backend:8080']))
  west.made.configure(resources({ 'service-sync-labels': 'tier=web' }))
  east.made.configure(resources({}, ['backend:8080', 'db:5432']))
  expect(west.made.synced).toEqual([])
  west.made.configure(resources({ 'service-sync': 'false' }))
  expect(west.made.synced).toEqual([])
  for (const { made } of [east, west]) made.disconnected()
})

test('takes up what was synced before', () => {
  const offered = { routingKey: 'db:1', port: 1, protocol: 'tcp', labels: {}, origins: ['west'] } as const
  const { made } = messaging('east')
  made.restore(syncedListeners([offered], { hostOf: () => '127.0.0.1', own: [], before: [] }))
  made.configure(resources({}))
  expect(made.synced).toEqual([offered])
})

test('has heard everybody only after a while of listening', async () => {
  const { made, clock } = messaging('east')
  clock.now = 1_000_000
  expect(made.hasHeardAll).toBe(false)
  await made.connected(new MessageBus().client())
  clock.now += SOURCE_LOST_MS
  expect(made.hasHeardAll).toBe(false)
  clock.now += 1
  expect(made.hasHeardAll).toBe(true)
  made.disconnected()
})
