import { expect, test } from 'vitest'
import { SOURCE_LOST_MS } from '../../../../controller/network/network-records.ts'
import { NetworkCollector } from '../../../../controller/network/network-collector.ts'
import { TelemetrySource, type TelemetryPort } from '../../../../router/telemetry/records.ts'
import { MessageBus } from '../../../support/message-bus.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'
import { eventually } from '../../../support/eventually.ts'

/** A source of the real kind, whose clock the test moves. */
class SourceOnBus {
  readonly source: TelemetrySource
  now = 1_000_000

  constructor(bus: MessageBus, sourceType: 'ROUTER' | 'CONTROLLER', seed: number) {
    const client = bus.client()
    const port: TelemetryPort = {
      send: ({ to, ...message }) => void client.send(to, message, { settled: true }),
      subscribe: (address, onMessage) => {
        void client.subscribe(address, onMessage, { credit: 1 })
        return () => undefined
      },
      watch: (_address, onChange) => {
        onChange(true)
        return () => undefined
      },
    }
    this.source = new TelemetrySource({ sourceType, port, now: () => this.now, random: () => seed })
  }

  tick(): void {
    this.now += 10_000
    this.source.tick()
  }
}

async function collectorOn(bus: MessageBus) {
  const clock = { now: 0, changes: 0 }
  const log = new RecordedLog()
  const collector = new NetworkCollector({ now: () => clock.now, log, onChange: () => clock.changes++ })
  await collector.connected(bus.client())
  return { collector, clock, log }
}

function siteAndRouter(bus: MessageBus): SourceOnBus[] {
  const controller = new SourceOnBus(bus, 'CONTROLLER', 0.1)
  controller.source.openAs('SITE', 'site-a', { name: 'east', namespace: 'east', platform: 'linux' })
  const router = new SourceOnBus(bus, 'ROUTER', 0.2)
  router.source.openAs('ROUTER', router.source.id, { name: '0/east-1', mode: 'interior', parent: 'site-a' })
  router.source.open('CONNECTOR', { vanAddress: 'backend:8080', destHost: '127.0.0.1', destPort: '9', protocol: 'tcp' })
  return [controller, router]
}

test('learns a network from its sources, even if it comes late', async () => {
  const bus = new MessageBus()
  const sources = siteAndRouter(bus)
  for (const source of sources) source.tick()
  const { collector, clock } = await collectorOn(bus)
  await eventually(() => {
    for (const source of sources) source.tick()
    expect(collector.sites()).toEqual([
      {
        id: 'site-a',
        name: 'east',
        namespace: 'east',
        platform: 'linux',
        version: '',
        routers: [{ id: 'east-1', name: '0/east-1', mode: 'interior' }],
        links: [],
        services: [{ routingKey: 'backend:8080', protocol: 'tcp', connectors: 1, listeners: 0 }],
      },
    ])
    return true
  })
  expect(clock.changes).toBeGreaterThan(0)
})

test('a source that falls silent takes its records with it', async () => {
  const bus = new MessageBus()
  const sources = siteAndRouter(bus)
  const { collector, clock } = await collectorOn(bus)
  await eventually(() => {
    for (const source of sources) source.tick()
    return collector.sites().length === 1
  })
  const address = `mc/sfe.${sources[0]?.source.id ?? ''}`
  expect(bus.listensTo(address)).toBe(true)
  const before = clock.changes
  clock.now += SOURCE_LOST_MS + 1
  collector.tick()
  expect(collector.sites()).toEqual([])
  expect(clock.changes).toBe(before + 1)
  expect(bus.listensTo(address)).toBe(false)
})

test('after a reconnection it listens to the same sources again', async () => {
  const bus = new MessageBus()
  const sources = siteAndRouter(bus)
  const { collector } = await collectorOn(bus)
  await eventually(() => {
    for (const source of sources) source.tick()
    return collector.sites().length === 1
  })
  collector.disconnected()
  const next = new MessageBus()
  const again = siteAndRouter(next)
  await collector.connected(next.client())
  await eventually(() => {
    for (const source of again) source.tick()
    return next.listensTo(`mc/sfe.${again[0]?.source.id ?? ''}`)
  })
})

test.each([
  ['an address of something else', { address: 'mc/$skupper-service-sync', direct: 'sfe.x:0' }],
  ['a direct address of something else', { address: 'mc/sfe.x:0', direct: '$management' }],
  ['no direct address', { address: 'mc/sfe.x:0' }],
])('a beacon with %s is not followed', async (_what, named) => {
  const bus = new MessageBus()
  const { collector } = await collectorOn(bus)
  bus.deliver('mc/sfe.all', {
    subject: 'BEACON',
    applicationProperties: { v: 1, sourceType: 'ROUTER', id: 'x:0', ...named },
    body: null,
  })
  expect(bus.listensTo('mc/sfe.x:0')).toBe(false)
  expect(bus.listensTo('mc/$skupper-service-sync')).toBe(false)
  expect(collector.sites()).toEqual([])
})

test('a malformed record costs a log line', async () => {
  const bus = new MessageBus()
  const { collector, log } = await collectorOn(bus)
  const [controller] = siteAndRouter(bus)
  await eventually(() => {
    controller?.tick()
    return collector.sites().length === 1
  })
  bus.deliver(`mc/sfe.${controller?.source.id ?? ''}`, { subject: 'RECORD', body: [{}] })
  expect(log.all('code')).toEqual(['telemetry/malformed-record'])
  expect(collector.sites()).toHaveLength(1)
})
