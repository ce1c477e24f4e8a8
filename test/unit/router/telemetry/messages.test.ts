import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMessage, encodeMessage } from '../../../../router/amqp/message.ts'
import type { DecodedMessage, Message } from '../../../../router/amqp/message.ts'
import {
  beaconMessage,
  beaconOf,
  flushMessage,
  heartbeatMessage,
  parseTelemetry,
  recordAddress,
  recordsMessage,
} from '../../../../router/telemetry/messages.ts'

const source = beaconOf('ROUTER', 'abcde:0')
const overTheWire = (message: Message): DecodedMessage => decodeMessage(encodeMessage(message))

test('a beacon says where records come and where a flush goes', () => {
  const message = overTheWire(beaconMessage(source))
  expect(message).toMatchObject({ to: 'mc/sfe.all', subject: 'BEACON', body: null })
  expect(message.applicationProperties.get('v')).toBe(1)
  const beacon = { sourceType: 'ROUTER', id: 'abcde:0', address: 'mc/sfe.abcde:0', direct: 'sfe.abcde:0' }
  expect(parseTelemetry(message)).toEqual({ kind: 'beacon', beacon })
})

test('a heartbeat carries the time', () => {
  const message = overTheWire(heartbeatMessage(source, 1_795_421_084_729_734))
  expect(message.to).toBe('mc/sfe.abcde:0')
  expect(parseTelemetry(message)).toEqual({ kind: 'heartbeat', id: 'abcde:0', nowUs: 1_795_421_084_729_734 })
})

test('records and flush requests are read', () => {
  const records = [{ type: 'ROUTER' as const, identity: 'abcde:0', attributes: { name: '0/a' } }]
  expect(parseTelemetry(overTheWire(recordsMessage(source.address, records)))).toEqual({ kind: 'records', records })
  expect(parseTelemetry(overTheWire(flushMessage(source.direct)))).toEqual({ kind: 'flush' })
})

test('flows and logs have addresses of their own', () => {
  expect(recordAddress(source, 'LINK')).toBe('mc/sfe.abcde:0')
  expect(recordAddress(source, 'BIFLOW_TPORT')).toBe('mc/sfe.abcde:0.flows')
  expect(recordAddress(source, 'LOG')).toBe('mc/sfe.abcde:0.logs')
})

test('an unknown subject is no telemetry', () => {
  expect(parseTelemetry({ subject: 'SOMETHING', applicationProperties: new Map() })).toBeUndefined()
  expect(parseTelemetry({ applicationProperties: new Map() })).toBeUndefined()
})

test.each([
  ['a beacon without id', 'BEACON', { sourceType: 'ROUTER', address: 'a', direct: 'd' }],
  ['a beacon of an unknown kind of source', 'BEACON', { sourceType: 'X', id: 'a:0', address: 'a', direct: 'd' }],
  ['a heartbeat without a time', 'HEARTBEAT', { id: 'a:0' }],
])('%s is refused', (_title, subject, properties) => {
  const message = { subject, applicationProperties: new Map(Object.entries(properties)) }
  expect(() => parseTelemetry(message)).toThrow(
    expect.objectContaining({ code: 'telemetry/malformed-message' }) as Error,
  )
})

test('whatever strangers send is read or refused by code', () => {
  const message = fc.record({
    subject: fc.constantFrom('BEACON', 'HEARTBEAT', 'RECORD', 'FLUSH'),
    applicationProperties: fc.dictionary(fc.string(), fc.anything()).map((each) => new Map(Object.entries(each))),
    body: fc.anything({ withMap: true }),
  })
  fc.assert(
    fc.property(message, (given) => {
      try {
        parseTelemetry(given)
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^telemetry\/malformed-/) as string })
      }
    }),
  )
})
