import { expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { conditionOf, peerError, violation } from '../../../../router/amqp/conditions.ts'

test('a violation has a code of ours, and an AMQP condition for the peer', () => {
  const error = violation('framing-error', 'a frame of 7 bytes', 7)
  expect([error.code, error.given, conditionOf(error)]).toEqual([
    'amqp/framing-error',
    7,
    'amqp:connection:framing-error',
  ])
})

test('an error of another kind is an internal one to the peer', () => {
  expect(conditionOf(new SkupperError('other/thing', 'x'))).toBe('amqp:internal-error')
})

test('what a peer says is kept as it was said', () => {
  expect(peerError('amqp:not-found', 'no')).toMatchObject({ code: 'amqp/peer-error', given: 'amqp:not-found' })
})
