import { expect, test } from 'vitest'
import { uint } from '../../../../router/amqp/value.ts'
import { parseHead } from '../../../../router/mesh/message-head.ts'
import { encodeStreamHead } from '../../../../router/mesh/stream-head.ts'

const HEAD = {
  to: 'echo',
  replyTo: 'amqp:/_topo/0/RA/temp.KysaDTYi6_pI6WR',
  correlationId: '1Ny8p:5',
  contentType: 'application/octet-stream',
  applicationProperties: new Map([['V', uint(1)]]),
}

test('what is encoded is what a router reads, and raw bytes may follow', () => {
  const bytes = encodeStreamHead(HEAD)
  const { applicationProperties, ...rest } = HEAD
  expect(parseHead(bytes, 'whole')).toMatchObject({ ...rest, streamAt: bytes.length })
  expect(applicationProperties.size).toBe(1)
})

test('the sections are those of a real router: properties with strings, V as uint, a null body', () => {
  const text = encodeStreamHead(HEAD).toString('latin1')
  expect(text).toContain('\xa1\x18application/octet-stream')
  expect(text).toContain('\xa1\x01VR\x01')
  expect(text.startsWith('\x00Ss')).toBe(true)
  expect(text.endsWith('\x00Sw@')).toBe(true)
})

test('what is not given is null or left out', () => {
  const bytes = encodeStreamHead({ to: 'amqp:/_topo/0/RA/temp.x' })
  expect(parseHead(bytes, 'whole')).toMatchObject({
    to: 'amqp:/_topo/0/RA/temp.x',
    replyTo: undefined,
    correlationId: undefined,
    contentType: undefined,
    applicationProperties: undefined,
  })
})
