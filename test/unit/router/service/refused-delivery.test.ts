import { expect, it } from 'vitest'
import { refuseDelivery } from '../../../../router/service/refused-delivery.ts'
import { FakeIncoming } from '../../../support/fake-deliveries.ts'

const RELEASED = { kind: 'released' } as const

it('settles the delivery, and drops what still comes', () => {
  const delivery = new FakeIncoming()
  refuseDelivery(delivery, RELEASED)
  delivery.handler.onData(Buffer.from('late'))
  delivery.handler.onEnd(false)
  expect(delivery.updates).toEqual([{ state: RELEASED, settled: true }])
})

it('says nothing of a delivery that its sender has settled', () => {
  const delivery = new FakeIncoming()
  delivery.settled = true
  refuseDelivery(delivery, RELEASED)
  expect(delivery.updates).toEqual([])
})
