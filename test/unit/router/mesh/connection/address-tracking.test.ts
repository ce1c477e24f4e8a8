import { expect, test } from 'vitest'
import { encodeMessage } from '../../../../../router/amqp/message.ts'
import { AddressTracking, readTracking } from '../../../../../router/mesh/connection/address-tracking.ts'
import { FakeOutgoing } from '../../../../support/fake-deliveries.ts'

class FakeSender {
  credit = 0
  readonly sent: FakeOutgoing[] = []

  send(): FakeOutgoing {
    this.credit -= 1
    const delivery = new FakeOutgoing()
    this.sent.push(delivery)
    return delivery
  }

  read(): unknown[] {
    return this.sent.map(({ written }) => readTracking(written))
  }
}

test('news waits for credit, and only the latest of each address is told', () => {
  const sender = new FakeSender()
  const tracking = new AddressTracking(sender, 'me')
  tracking.tell('Mone', true)
  tracking.tell('Mtwo', true)
  tracking.tell('Mone', false)
  expect(sender.sent).toEqual([])
  sender.credit = 1
  tracking.pump()
  expect(sender.read()).toEqual([{ key: 'Mtwo', reachable: true }])
  sender.credit = 5
  tracking.pump()
  tracking.pump()
  expect(sender.read()).toEqual([
    { key: 'Mtwo', reachable: true },
    { key: 'Mone', reachable: false },
  ])
})

test.each([
  ['no message', Buffer.from('garbage')],
  ['nothing', Buffer.alloc(0)],
  ['no list', encodeMessage({ body: 'Mone' })],
  ['a list of something else', encodeMessage({ body: [true, 'Mone'] })],
  ['a list too short', encodeMessage({ body: ['Mone'] })],
])('%s is no news', (_, bytes) => {
  expect(readTracking(bytes)).toBeUndefined()
})
