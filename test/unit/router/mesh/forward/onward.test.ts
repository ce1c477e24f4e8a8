import { expect, test } from 'vitest'
import { encodeMessage } from '../../../../../router/amqp/message.ts'
import { EDGE, INTERIOR } from '../../../../../router/mesh/address.ts'
import { Arrival } from '../../../../../router/mesh/forward/arrival.ts'
import type { WayOptions } from '../../../../../router/mesh/forward/target.ts'
import { parseHead } from '../../../../../router/mesh/message-head.ts'
import { forward, onward, sendCopies } from '../../../../../router/mesh/forward/onward.ts'
import { Transits } from '../../../../../router/mesh/forward/transits.ts'
import { encodeAnnotations, originAnnotations } from '../../../../../router/mesh/router-annotations.ts'
import { FakeIncoming, FakeOutgoing } from '../../../../support/fake-deliveries.ts'

const MESSAGE = encodeMessage({ to: 'shop', body: 'hello' })
const HERE = { routerId: 'me', space: INTERIOR }
const IGNORE = { onHead: () => undefined, onMalformed: () => undefined }
const ONWARD = { annotations: originAnnotations('me'), rest: MESSAGE, priority: 4 }

function arrived(bytes: Buffer, neighbour?: string): Arrival {
  const delivery = new FakeIncoming()
  const ingress = { origin: { kind: 'network' }, ...(neighbour === undefined ? {} : { neighbour }) } as const
  const arrival = new Arrival(delivery, ingress, IGNORE)
  delivery.handler.onData(bytes)
  return arrival
}

class FakeTarget {
  readonly outgoing = new FakeOutgoing()
  readonly outstanding = 0
  readonly cost = 0
  readonly place = 'fake'
  readonly resting = false
  readonly annotated: boolean
  options: WayOptions | undefined
  full = false

  constructor(annotated = true) {
    this.annotated = annotated
  }

  open(options: WayOptions): FakeOutgoing | undefined {
    this.options = options
    return this.full ? undefined : this.outgoing
  }
}

const transits = new Transits()

test('the old annotations go, every byte behind them stays', () => {
  const bytes = Buffer.concat([encodeAnnotations(originAnnotations('west', 64)), MESSAGE])
  const passed = onward(arrived(bytes, 'west'), parseHead(bytes, 'whole'), HERE)
  expect(passed.rest).toEqual(MESSAGE)
  expect(passed.annotations).toMatchObject({ flags: 64, ingress: '0/west', trace: ['0/west', '0/me'] })
})

test('from a client the annotations begin here', () => {
  const passed = onward(arrived(MESSAGE), parseHead(MESSAGE, 'whole'), HERE)
  expect(passed.annotations).toMatchObject({ flags: 0, ingress: '0/me', trace: ['0/me'] })
})

test('an edge router signs nothing: that is for its interior router', () => {
  const passed = onward(arrived(MESSAGE), parseHead(MESSAGE, 'whole'), { routerId: 'me', space: EDGE })
  expect(passed.annotations).toMatchObject({ flags: 0, ingress: undefined, trace: [] })
})

test('a complete delivery goes on complete, an open one as a stream', () => {
  const complete = arrived(MESSAGE)
  complete.ended = { settled: true }
  const one = new FakeTarget()
  expect(forward(complete, { target: one, transits }, ONWARD)).toBe(true)
  expect(one.options).toMatchObject({ streaming: false, settled: true })
  expect(one.outgoing.calls).toEqual(['end settled'])
  const two = new FakeTarget()
  forward(arrived(MESSAGE), { target: two, transits }, ONWARD)
  expect(two.options).toMatchObject({ streaming: true, settled: false })
  expect(two.outgoing.calls).toEqual([])
})

test('a way that takes no more at once pauses the source', () => {
  const arrival = arrived(MESSAGE)
  const target = new FakeTarget()
  target.outgoing.takesMore = false
  forward(arrival, { target, transits }, ONWARD)
  expect(arrival.delivery).toMatchObject({ paused: true })
})

test('where no way opens the delivery is untouched', () => {
  const arrival = arrived(MESSAGE)
  const target = new FakeTarget()
  target.full = true
  expect(forward(arrival, { target, transits }, ONWARD)).toBe(false)
  expect(arrival.delivery.handler).toBe(arrival)
})

test('copies go to all that take them, with annotations only between routers', () => {
  const [router, client, full] = [new FakeTarget(), new FakeTarget(false), new FakeTarget()]
  full.full = true
  expect(sendCopies([router, client, full], ONWARD).length).toBe(2)
  expect(router.outgoing.written.subarray(-MESSAGE.length)).toEqual(MESSAGE)
  expect(router.outgoing.bytes).toBeGreaterThan(MESSAGE.length)
  expect(client.outgoing.written).toEqual(MESSAGE)
  expect(client.outgoing.calls).toEqual(['end settled'])
})
