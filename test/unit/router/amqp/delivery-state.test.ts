import { expect, test } from 'vitest'
import type { DeliveryState } from '../../../../router/amqp/delivery.ts'
import { errorValue, readError, readState, stateValue } from '../../../../router/amqp/delivery-state.ts'
import { decodeValue } from '../../../../router/amqp/decode.ts'
import { encodeValue } from '../../../../router/amqp/encode.ts'
import { described } from '../../../../router/amqp/value.ts'

const states: DeliveryState[] = [
  { kind: 'received', offset: 0 },
  { kind: 'received', offset: 521_216 },
  { kind: 'accepted' },
  { kind: 'rejected' },
  { kind: 'rejected', condition: 'amqp:not-allowed' },
  { kind: 'rejected', condition: 'amqp:not-allowed', description: 'no' },
  { kind: 'released' },
  { kind: 'modified', deliveryFailed: true, undeliverableHere: false },
]
test.each(states)('$kind is read as it was written', (state) => {
  expect(readState(decodeValue(encodeValue(stateValue(state))))).toEqual(state)
})

test('a modified without fields says no to both', () => {
  const modified = { kind: 'modified', deliveryFailed: false, undeliverableHere: false }
  expect(readState(described(0x27, []))).toEqual(modified)
})

test('no state and unknown states are none', () => {
  expect(readState(undefined)).toBeUndefined()
  expect(readState(described(0x34, []))).toBeUndefined()
  expect(readState(described(0x10, ['an open']))).toBeUndefined()
})

test('an error is read as what the peer said', () => {
  const error = readError(decodeValue(encodeValue(errorValue({ condition: 'amqp:not-found', description: 'no' }))))
  expect(error).toMatchObject({ code: 'amqp/peer-error', given: 'amqp:not-found' })
  expect(readError(undefined)).toBeUndefined()
  expect(errorValue(undefined)).toBeUndefined()
})
