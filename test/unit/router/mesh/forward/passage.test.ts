import { expect, test } from 'vitest'
import { encodeMessage } from '../../../../../router/amqp/message.ts'
import { INTERIOR } from '../../../../../router/mesh/address.ts'
import { parseHead } from '../../../../../router/mesh/message-head.ts'
import { passageOf } from '../../../../../router/mesh/forward/passage.ts'
import { encodeAnnotations, type RouterAnnotations } from '../../../../../router/mesh/router-annotations.ts'

const HERE = { routerId: 'me', radius: 2, space: INTERIOR }
const CLIENT = { origin: { kind: 'local-client' } } as const
const ROUTER = { origin: { kind: 'network' }, neighbour: 'west' } as const

const headTo = (to: string | undefined, change: Partial<RouterAnnotations> = {}) =>
  parseHead(
    Buffer.concat([
      encodeAnnotations({ flags: 0, toOverride: undefined, ingress: '0/far', trace: ['0/far', '0/west'], ...change }),
      encodeMessage({ to, body: null }),
    ]),
    'whole',
  )

test('from a router: its annotations say where the message has been', () => {
  expect(passageOf(ROUTER, headTo('shop'), HERE)).toEqual({
    key: 'Mshop',
    ingress: 'far',
    trace: ['0/far', '0/west'],
    neighbour: 'west',
    edge: undefined,
  })
})

test('from an edge behind a router there is no ingress: it is here', () => {
  expect(passageOf(ROUTER, headTo('shop', { ingress: undefined, trace: [] }), HERE)).toMatchObject({ ingress: 'me' })
})

test('from an edge: it says where to, and is not believed where from', () => {
  const head = headTo('shop', { toOverride: 'other' })
  const edge = {}
  expect(passageOf({ origin: { kind: 'network' }, edge }, head, HERE)).toEqual({
    key: 'Mother',
    ingress: 'me',
    trace: [],
    neighbour: undefined,
    edge,
  })
})

test('from a client: what it claims of routers does not count', () => {
  expect(passageOf(CLIENT, headTo('shop', { toOverride: 'other' }), HERE)).toEqual({
    key: 'Mshop',
    ingress: 'me',
    trace: [],
    neighbour: undefined,
    edge: undefined,
  })
})

test("the link's address stands over to-override, and that over the message's", () => {
  const head = headTo('message', { toOverride: 'override' })
  expect(passageOf({ ...ROUTER, to: 'link' }, head, HERE)?.key).toBe('Mlink')
  expect(passageOf(ROUTER, head, HERE)?.key).toBe('Moverride')
})

test.each([
  ['without an address', headTo(undefined)],
  ['that was here before', headTo('shop', { trace: ['0/me'] })],
  ['that has gone too far', headTo('shop', { trace: ['0/a', '0/b', '0/c', '0/d'] })],
])('a message %s has no way', (_, head) => {
  expect(passageOf(ROUTER, head, HERE)).toBeUndefined()
})
