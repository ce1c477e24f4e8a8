import { expect, test } from 'vitest'
import { amqpOptions, isDataConnection, linkCost } from '../../../../../router/mesh/connection/amqp-options.ts'
import { int, ulong } from '../../../../../router/amqp/value.ts'

const FACTS = {
  ...{ routerId: 'us', version: '1.2', connectionId: 7, betweenRouters: true },
  saslMechanisms: ['EXTERNAL'],
} as const

test('a listening router says who it is, what it can, and nothing of groups', () => {
  const options = amqpOptions({ ...FACTS, accessId: 'abc:1' })
  expect(options).toMatchObject({
    containerId: 'us',
    offeredCapabilities: ['ANONYMOUS-RELAY', 'qd.streaming-links', 'qd.connection_trunking'],
    sasl: { mechanisms: ['EXTERNAL'] },
  })
  expect(options.properties).toEqual(
    new Map<string, unknown>([
      ['product', 'skupper'],
      ['version', '1.2'],
      ['qd.conn-id', int(7)],
      ['qd.access-id', 'abc:1'],
      ['qd.annotations-version', int(2)],
    ]),
  )
})

test('a dialling router adds its group, and the cost where it is more than one', () => {
  const group = { correlator: 'x', ordinal: 3, data: true }
  const { properties } = amqpOptions({ ...FACTS, cost: 9, group })
  expect(properties).toEqual(
    new Map<string, unknown>([
      ['product', 'skupper'],
      ['version', '1.2'],
      ['qd.conn-id', int(7)],
      ['qd.inter-router-cost', int(9)],
      ['qd.inter-router-role', int(4)],
      ['qd.group-correlator', 'x'],
      ['qd.group-ordinal', ulong(3)],
      ['qd.annotations-version', int(2)],
    ]),
  )
})

test('half of the idle time-out is said, 16 s unless configured', () => {
  expect(amqpOptions(FACTS).idleTimeoutMs).toBe(8000)
  expect(amqpOptions({ ...FACTS, idleTimeoutMs: 3000 }).idleTimeoutMs).toBe(1500)
})

test('a client gets fewer sessions and links than a router', () => {
  const client = amqpOptions({ ...FACTS, betweenRouters: false }).limits
  const router = amqpOptions(FACTS).limits
  expect(client?.maxSessions).toBeLessThan(router?.maxSessions ?? 0)
  expect(client?.maxLinks).toBeLessThan(router?.maxLinks ?? 0)
})

test.each([
  [undefined, {}, 1],
  [3, {}, 3],
  [3, { 'qd.inter-router-cost': 5 }, 5],
  [7, { 'qd.inter-router-cost': 5 }, 7],
  [0, { 'qd.inter-router-cost': -5 }, 1],
  [2, { 'qd.inter-router-cost': 'free' }, 2],
])('of our cost %s and their properties %j the link costs %i', (ours, theirs, cost) => {
  expect(linkCost(ours, new Map<string, unknown>(Object.entries(theirs)))).toBe(cost)
})

test('a data connection is one that says so', () => {
  expect(isDataConnection(new Map([['qd.inter-router-role', 4]]))).toBe(true)
  expect(isDataConnection(new Map([['qd.inter-router-role', 1]]))).toBe(false)
  expect(isDataConnection(new Map())).toBe(false)
})
