import { expect, onTestFinished, test } from 'vitest'
import { NetworkCollector } from '../../../../controller/network/network-collector.ts'
import { reportSite } from '../../../../controller/network/site-telemetry.ts'
import { eventually } from '../../../support/eventually.ts'
import { MessageBus } from '../../../support/message-bus.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

function report(bus: MessageBus) {
  const made = reportSite({
    client: bus.client(),
    siteId: 'site-east',
    attributes: { name: 'east', namespace: 'ns', platform: 'linux', buildVersion: '1.2.3' },
    now: Date.now,
    random: () => 0.5,
  })
  onTestFinished(() => {
    made.stop()
  })
  return made
}

test('a site reports itself to whoever collects, as Skupper v2 reads it', async () => {
  const bus = new MessageBus()
  report(bus)
  const collector = new NetworkCollector({ now: Date.now, log: new RecordedLog(), onChange: () => undefined })
  await collector.connected(bus.client())
  const [site] = await eventually(() => (collector.sites().length === 1 ? collector.sites() : undefined))
  expect(site).toMatchObject({ id: 'site-east', name: 'east', namespace: 'ns', platform: 'linux', version: '1.2.3' })
})

test('announces itself anew when asked to', async () => {
  const bus = new MessageBus()
  const made = report(bus)
  const beacons = () => bus.sent.filter(({ message }) => message.subject === 'BEACON').length
  await eventually(() => beacons() === 1)
  made.announce()
  await eventually(() => beacons() === 2)
})
