import { expect, test } from 'vitest'
import type { DeliveryState, IncomingDelivery, IncomingHandler } from '../../../../router/amqp/delivery.ts'
import { encodeMessage } from '../../../../router/amqp/message.ts'
import { receiveMessage } from '../../../../router/amqp/message-receiver.ts'

class Delivery implements IncomingDelivery {
  handler: IncomingHandler = { onData: () => undefined, onEnd: () => undefined, onAborted: () => undefined }
  readonly settled = false
  readonly updates: [DeliveryState, boolean][] = []
  pause(): void {
    return
  }
  resume(): void {
    return
  }
  update(state: DeliveryState, settled: boolean): void {
    this.updates.push([state, settled])
  }
}

function receiving() {
  const delivery = new Delivery()
  const bodies: unknown[] = []
  receiveMessage(delivery, (message) => bodies.push(message.body))
  return { delivery, bodies }
}

test('a message in pieces is put together, accepted and handed on', () => {
  const { delivery, bodies } = receiving()
  for (const byte of encodeMessage({ body: 'hello' })) delivery.handler.onData(Buffer.from([byte]))
  expect(bodies).toEqual([])
  delivery.handler.onEnd(false)
  expect(bodies).toEqual(['hello'])
  expect(delivery.updates).toEqual([[{ kind: 'accepted' }, true]])
})

test('what is no message is rejected', () => {
  const { delivery, bodies } = receiving()
  delivery.handler.onData(Buffer.from('not AMQP'))
  delivery.handler.onEnd(false)
  expect(bodies).toEqual([])
  expect(delivery.updates).toMatchObject([[{ kind: 'rejected', condition: 'amqp:decode-error' }, true]])
})

test('a message that is too large is rejected before it ends, and not kept', () => {
  const { delivery, bodies } = receiving()
  const megabyte = Buffer.alloc(1024 * 1024)
  for (let i = 0; i < 16; i++) delivery.handler.onData(megabyte)
  expect(delivery.updates).toEqual([])
  delivery.handler.onData(Buffer.from([0]))
  expect(delivery.updates).toMatchObject([[{ kind: 'rejected', condition: 'amqp:link:message-size-exceeded' }, true]])
  delivery.handler.onEnd(true)
  expect(bodies).toEqual([])
})

test('an aborted message is none', () => {
  const { delivery, bodies } = receiving()
  delivery.handler.onData(encodeMessage({ body: 1 }))
  delivery.handler.onAborted()
  expect([bodies, delivery.updates]).toEqual([[], []])
})
