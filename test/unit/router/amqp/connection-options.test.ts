import { describe, expect, test } from 'vitest'
import { openFields, readPeer, withDefaults } from '../../../../router/amqp/connection-options.ts'
import type { ConnectionOptions } from '../../../../router/amqp/connection-options.ts'
import { thrownCode } from '../../../support/thrown-code.ts'

const sasl: ConnectionOptions['sasl'] = { mechanisms: ['ANONYMOUS'] }

describe('our open', () => {
  test('has the bounds we keep', () => {
    const open = openFields({ containerId: 'x', sasl, limits: { maxSessions: 10 } })
    expect(open).toMatchObject({ containerId: 'x', maxFrameSize: 16_384, channelMax: 9 })
    expect(open.idleTimeout).toBeUndefined()
  })

  test('has properties from an object or a Map', () => {
    const properties = { product: 'p' }
    const wanted = new Map([['product', 'p']])
    expect(openFields({ containerId: 'x', sasl, properties }).properties).toEqual(wanted)
    expect(openFields({ containerId: 'x', sasl, properties: wanted }).properties).toEqual(wanted)
  })

  test('says nothing of a time-out that is none', () => {
    expect(openFields({ containerId: 'x', sasl, idleTimeoutMs: 0 }).idleTimeout).toBeUndefined()
    expect(openFields({ containerId: 'x', sasl, idleTimeoutMs: 8000 }).idleTimeout).toBe(8000)
  })
})

test('what a peer leaves out is as AMQP says', () => {
  expect(readPeer({ containerId: 'p' }, 'CN=p')).toEqual({
    containerId: 'p',
    hostname: undefined,
    maxFrameSize: 0xffffffff,
    channelMax: 0xffff,
    idleTimeoutMs: 0,
    offeredCapabilities: [],
    desiredCapabilities: [],
    properties: new Map(),
    user: 'CN=p',
  })
})

test('a peer that takes only tiny frames is refused', () => {
  expect(thrownCode(() => readPeer({ containerId: 'p', maxFrameSize: 511 }, undefined))).toBe('amqp/invalid-field')
  expect(readPeer({ containerId: 'p', maxFrameSize: 512 }, undefined).maxFrameSize).toBe(512)
})

test('limits that are not given have defaults', () => {
  expect(withDefaults({ maxLinks: 3 })).toMatchObject({ maxLinks: 3, incomingWindow: 8192 })
})
