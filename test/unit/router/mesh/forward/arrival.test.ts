import { expect, test } from 'vitest'
import { encodeMessage } from '../../../../../router/amqp/message.ts'
import { Arrival } from '../../../../../router/mesh/forward/arrival.ts'
import type { Ingress } from '../../../../../router/mesh/origin.ts'
import { encodeAnnotations, STREAMING } from '../../../../../router/mesh/router-annotations.ts'
import { FakeIncoming } from '../../../../support/fake-deliveries.ts'

const INGRESS: Ingress = { origin: { kind: 'network' } }
const MESSAGE = encodeMessage({ to: 'shop', body: 'x'.repeat(100) })

function arriving(ingress = INGRESS) {
  const delivery = new FakeIncoming()
  const seen: string[] = []
  const arrival = new Arrival(delivery, ingress, {
    onHead: (self, { to }) => seen.push(`${to ?? ''} ${String(self.size)}${self.mayWait ? '' : ' now'}`),
    onMalformed: () => seen.push('malformed'),
  })
  return { delivery, seen, arrival }
}

test('as long as nobody takes it, it collects and asks again', () => {
  const { delivery, seen, arrival } = arriving()
  delivery.handler.onData(MESSAGE.subarray(0, 5))
  expect(seen).toEqual([])
  delivery.handler.onData(MESSAGE.subarray(5, 50))
  delivery.handler.onData(MESSAGE.subarray(50))
  delivery.handler.onEnd(false)
  const { length } = MESSAGE
  expect(seen).toEqual(['shop 50', `shop ${String(length)}`, `shop ${String(length)} now`])
  expect(arrival.bytes()).toEqual(MESSAGE)
  expect(arrival.ended).toEqual({ settled: false })
})

test.each([
  ['the flag', INGRESS, encodeAnnotations({ flags: STREAMING, toOverride: undefined, ingress: '0/a', trace: [] })],
  ['the link', { ...INGRESS, streaming: true }, Buffer.alloc(0)],
])('%s makes it a stream that may not wait', (_, ingress, annotations) => {
  const { delivery, seen, arrival } = arriving(ingress)
  delivery.handler.onData(Buffer.concat([annotations, MESSAGE]))
  expect(arrival.streaming).toBe(true)
  expect(seen[0]?.endsWith(' now')).toBe(true)
})

test('bytes that are no message are told once the end shows it', () => {
  const { delivery, seen } = arriving()
  delivery.handler.onData(MESSAGE.subarray(0, 5))
  delivery.handler.onEnd(false)
  expect(seen).toEqual(['malformed'])
})

test('closed it is settled with the state, and what still comes is dropped', () => {
  const { delivery, seen, arrival } = arriving()
  delivery.handler.onData(MESSAGE)
  arrival.close({ kind: 'released' })
  delivery.handler.onData(MESSAGE)
  delivery.handler.onEnd(false)
  expect(delivery.updates).toEqual([{ state: { kind: 'released' }, settled: true }])
  expect(seen.length).toBe(1)
})

test('aborted it is forgotten', () => {
  const { delivery, seen, arrival } = arriving()
  delivery.handler.onData(MESSAGE.subarray(0, 5))
  delivery.handler.onAborted()
  expect([seen, arrival.bytes().length]).toEqual([[], 0])
})
