import { expect, test } from 'vitest'
import type { ServiceDefinition } from '../../../../core/model/service-definition.ts'
import { SERVICE_SYNC_ADDRESS, ServiceSync, type SyncSettings } from '../../../../controller/services/service-sync.ts'
import { MessageBus } from '../../../support/message-bus.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

const BACKEND: ServiceDefinition = { address: 'backend', protocol: 'http', ports: [8080], labels: { tier: 'web' } }
const OFF: SyncSettings = { enabled: false, labels: {}, offered: [] }

interface Setup {
  sync: ServiceSync
  log: RecordedLog
  changes: () => number
  at: (now: number) => void
}

async function setUp(bus: MessageBus, siteId: string, settings: Partial<SyncSettings> = {}): Promise<Setup> {
  let now = 0
  let changes = 0
  const log = new RecordedLog()
  const sync = new ServiceSync({
    siteId,
    version: '1.2.3',
    now: () => now,
    log,
    onChange: () => changes++,
  })
  sync.configure({ enabled: true, labels: {}, offered: [], ...settings })
  await sync.connected(bus.client())
  return { sync, log, changes: () => changes, at: (time) => (now = time) }
}

const keys = ({ sync }: Setup): string[] => sync.ports().map(({ routingKey }) => routingKey)

test("sends Skupper v1's message", async () => {
  const bus = new MessageBus()
  await setUp(bus, 'site-a', { offered: [BACKEND] })
  expect(bus.sent).toEqual([
    {
      address: 'mc/$skupper-service-sync',
      message: {
        subject: 'service-sync-update-v2',
        applicationProperties: { origin: 'site-a', version: '1.2.3' },
        body: '[{"address":"backend","protocol":"http","ports":[8080],"labels":{"tier":"web"},"targets":[]}]',
      },
    },
  ])
})

test('what one site offers appears in the other, and goes again', async () => {
  const bus = new MessageBus()
  const a = await setUp(bus, 'site-a')
  const b = await setUp(bus, 'site-b')
  a.sync.configure({ enabled: true, labels: {}, offered: [BACKEND] })
  expect(keys(b)).toEqual(['backend:8080'])
  expect(b.sync.ports()[0]?.origins).toEqual(['site-a'])
  expect(keys(a)).toEqual([])
  a.sync.configure({ enabled: true, labels: {}, offered: [] })
  expect(keys(b)).toEqual([])
  expect(b.changes()).toBe(2)
})

test('tells again every five seconds, and at once only what changed', async () => {
  const bus = new MessageBus()
  const { sync, at } = await setUp(bus, 'site-a', { offered: [BACKEND] })
  sync.configure({ enabled: true, labels: {}, offered: [BACKEND] })
  at(4_999)
  sync.tick()
  expect(bus.sent).toHaveLength(1)
  at(5_000)
  sync.tick()
  expect(bus.sent).toHaveLength(2)
})

test('tells at the next tick when somebody new may listen', async () => {
  const bus = new MessageBus()
  const { sync } = await setUp(bus, 'site-a', { offered: [BACKEND] })
  sync.announce()
  sync.tick()
  expect(bus.sent).toHaveLength(2)
})

test('with sync off nothing is told, taken or shown', async () => {
  const bus = new MessageBus()
  const a = await setUp(bus, 'site-a', { offered: [BACKEND] })
  const b = await setUp(bus, 'site-b', OFF)
  a.at(5_000)
  a.sync.tick()
  b.at(5_000)
  b.sync.tick()
  expect(keys(b)).toEqual([])
  expect(bus.sent.filter(({ message }) => JSON.stringify(message).includes('site-b'))).toEqual([])
})

test('turning sync off takes away what was synced', async () => {
  const bus = new MessageBus()
  const b = await setUp(bus, 'site-b')
  await setUp(bus, 'site-a', { offered: [BACKEND] })
  expect(keys(b)).toEqual(['backend:8080'])
  b.sync.configure(OFF)
  expect(keys(b)).toEqual([])
})

test('a site that turns sync off takes back at once what it told', async () => {
  const bus = new MessageBus()
  const a = await setUp(bus, 'site-a', { offered: [BACKEND] })
  const b = await setUp(bus, 'site-b')
  a.sync.announce()
  a.sync.tick()
  expect(keys(b)).toEqual(['backend:8080'])
  a.sync.configure({ ...OFF, offered: [BACKEND] })
  expect(keys(b)).toEqual([])
  a.sync.configure({ enabled: true, labels: {}, offered: [BACKEND] })
  expect(keys(b)).toEqual(['backend:8080'])
})

test('takes only what has the labels', async () => {
  const bus = new MessageBus()
  const b = await setUp(bus, 'site-b', { labels: { tier: 'web' } })
  await setUp(bus, 'site-a', { offered: [BACKEND, { address: 'db', protocol: 'tcp', ports: [5432] }] })
  expect(keys(b)).toEqual(['backend:8080'])
})

test('services of a site that is no longer heard go after three minutes', async () => {
  const bus = new MessageBus()
  const b = await setUp(bus, 'site-b')
  await setUp(bus, 'site-a', { offered: [BACKEND] })
  b.at(180_000)
  b.sync.tick()
  expect(keys(b)).toEqual(['backend:8080'])
  b.at(180_001)
  b.sync.tick()
  expect(keys(b)).toEqual([])
  expect(b.changes()).toBe(2)
})

test('what an earlier run synced stays until its origin speaks', async () => {
  const bus = new MessageBus()
  const b = await setUp(bus, 'site-b')
  const stored = { routingKey: 'old:1', port: 1, protocol: 'tcp', labels: {}, origins: ['site-a'] } as const
  b.sync.restore([stored])
  expect(keys(b)).toEqual(['old:1'])
  await setUp(bus, 'site-a', { offered: [BACKEND] })
  expect(keys(b)).toEqual(['backend:8080'])
})

test('a new connection goes on where the old one ended', async () => {
  const first = new MessageBus()
  const { sync } = await setUp(first, 'site-a', { offered: [BACKEND] })
  sync.disconnected()
  sync.configure({ enabled: true, labels: {}, offered: [BACKEND, { address: 'db', protocol: 'tcp', ports: [1] }] })
  const second = new MessageBus()
  await sync.connected(second.client())
  expect(first.sent).toHaveLength(1)
  expect(String(second.sent[0]?.message.body)).toContain('"db"')
})

test.each([
  ['another subject', { subject: 'service-sync-update', body: '[]' }],
  ['no text', { body: Buffer.from('[]') }],
  ['no JSON', { body: '[{' }],
  ['no list', { body: '{}' }],
  ['no body', {}],
])('a message with %s changes nothing', async (_what, message) => {
  const bus = new MessageBus()
  const b = await setUp(bus, 'site-b')
  await setUp(bus, 'site-a', { offered: [BACKEND] })
  bus.deliver(SERVICE_SYNC_ADDRESS, {
    subject: 'service-sync-update-v2',
    applicationProperties: { origin: 'site-a' },
    ...message,
  })
  expect(keys(b)).toEqual(['backend:8080'])
})

test.each([undefined, '', 5, 'x'.repeat(129)])('an origin that is no site id is not heard: %s', async (origin) => {
  const bus = new MessageBus()
  const b = await setUp(bus, 'site-b')
  const body = '[{"address":"x","protocol":"tcp","ports":[1]}]'
  bus.deliver(SERVICE_SYNC_ADDRESS, { subject: 'service-sync-update-v2', applicationProperties: { origin }, body })
  expect(keys(b)).toEqual([])
})

test('unsound definitions are left out, and reported once', async () => {
  const bus = new MessageBus()
  const b = await setUp(bus, 'site-b')
  const tell = (definitions: object[]): void => {
    bus.deliver(SERVICE_SYNC_ADDRESS, {
      subject: 'service-sync-update-v2',
      applicationProperties: { origin: 'site-a' },
      body: JSON.stringify(definitions),
    })
  }
  const sound = { address: 'x', protocol: 'tcp', ports: [1] }
  for (let i = 0; i < 3; i++) tell([sound, { ...sound, address: 'Not A Name' }])
  expect(keys(b)).toEqual(['x:1'])
  expect(b.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
})

test('more services than a site may have are not told, and that is reported', async () => {
  const bus = new MessageBus()
  const many = Array.from({ length: 5001 }, (_, i) => ({
    address: `s${String(i)}`,
    protocol: 'tcp' as const,
    ports: [1],
  }))
  const a = await setUp(bus, 'site-a', { offered: many })
  const b = await setUp(bus, 'site-b')
  a.at(5_000)
  a.sync.tick()
  expect(keys(b)).toHaveLength(5000)
  expect(a.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
})
