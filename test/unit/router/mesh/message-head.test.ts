import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { Encoder } from '../../../../router/amqp/encode.ts'
import { encodeMessage } from '../../../../router/amqp/message.ts'
import { described, symbol, uuid } from '../../../../router/amqp/value.ts'
import { DEFAULT_PRIORITY, MAX_HEAD_BYTES, parseHead } from '../../../../router/mesh/message-head.ts'
import { STREAMING, encodeAnnotations, originAnnotations } from '../../../../router/mesh/router-annotations.ts'
import { codeOf } from '../../../support/code-of.ts'

const ANNOTATIONS = encodeAnnotations(originAnnotations('RA', STREAMING))

function sections(...parts: [descriptor: number | bigint, value: unknown][]): Buffer {
  const encoder = new Encoder()
  for (const [descriptor, value] of parts) encoder.value(described(descriptor, value))
  return encoder.bytes()
}

const message = {
  header: { durable: true, priority: 7 },
  messageId: 'm-1',
  to: 'amqp:/foo',
  subject: 'GET',
  replyTo: 'amqp:/_topo/0/RA/temp.x',
  correlationId: 'src:7',
  contentType: 'application/octet-stream',
  applicationProperties: new Map<unknown, unknown>([[symbol('V'), 1]]),
  body: null,
}

describe('parseHead', () => {
  test('reads what a router needs of a stream, and where its raw bytes start', () => {
    const head = Buffer.concat([ANNOTATIONS, encodeMessage(message)])
    const parsed = parseHead(Buffer.concat([head, Buffer.from('GET / HTTP/1.1')]))
    expect(parsed).toMatchObject({
      annotations: { flags: STREAMING, ingress: '0/RA' },
      annotationsLength: ANNOTATIONS.length,
      priority: 7,
      messageId: 'm-1',
      to: 'amqp:/foo',
      subject: 'GET',
      replyTo: 'amqp:/_topo/0/RA/temp.x',
      correlationId: 'src:7',
      contentType: 'application/octet-stream',
      bodyAt: head.length - 4,
      streamAt: head.length,
    })
  })

  test('asks for more as long as the head is cut, and no longer', () => {
    const head = Buffer.concat([ANNOTATIONS, encodeMessage(message)])
    for (let cut = 0; cut < head.length; cut++) expect(parseHead(head.subarray(0, cut))).toBe('incomplete')
    expect(parseHead(head)).not.toBe('incomplete')
  })

  test('a message without annotations, header and properties has defaults', () => {
    expect(parseHead(encodeMessage({ body: 'x' }), 'whole')).toMatchObject({
      annotations: undefined,
      annotationsLength: 0,
      priority: DEFAULT_PRIORITY,
      to: undefined,
      applicationProperties: undefined,
      streamAt: undefined,
    })
  })

  test('a message that ended may have no body, and may be empty', () => {
    const mesh = Buffer.concat([ANNOTATIONS, sections([0x74, { meshid: 'abc' }])])
    expect(parseHead(mesh, 'whole')).toMatchObject({ bodyAt: mesh.length, streamAt: undefined })
    expect(parseHead(Buffer.alloc(0), 'whole')).toMatchObject({ bodyAt: 0 })
    expect(parseHead(mesh)).toBe('incomplete')
  })

  test.each([
    ['a data section', 0x75, Buffer.from('x')],
    ['a sequence', 0x76, [1]],
    ['a value that is not null', 0x77, 'x'],
    ['a footer alone', 0x78, {}],
  ])('%s as body is found, and is no stream', (_what, descriptor, value) => {
    const before = sections([0x73, [null, null, 'foo']])
    const whole = Buffer.concat([before, sections([descriptor, value])])
    expect(parseHead(whole)).toMatchObject({ to: 'foo', bodyAt: before.length, streamAt: undefined })
  })

  test('delivery and message annotations are skipped', () => {
    const bytes = sections(
      [0x70, [true]],
      [0x71, { a: 1 }],
      [0x72, { b: 'x'.repeat(300) }],
      [0x73, [null, null, 'foo']],
    )
    expect(parseHead(bytes, 'whole')).toMatchObject({ to: 'foo', priority: DEFAULT_PRIORITY })
  })

  test('section descriptors may be written as long ulongs', () => {
    const bytes = Buffer.from('\x00\x80\0\0\0\0\0\0\0\x73\xc0\x08\x03@@\xa1\x03foo\x00\x53\x77\x40', 'latin1')
    expect(parseHead(bytes)).toMatchObject({ to: 'foo', streamAt: bytes.length })
  })

  test.each([
    ['a string', 'x', 'x'],
    ['a small number', 7, 7],
    ['zero', 0, 0],
    ['a number beyond 2^53', 2n ** 60n, 2n ** 60n],
    ['bytes', Buffer.from('ab'), Buffer.from('ab')],
    ['a uuid', uuid(Buffer.alloc(16, 1)), Buffer.alloc(16, 1)],
  ])('a correlation id may be %s', (_what, correlationId, expected) => {
    expect(parseHead(encodeMessage({ correlationId, body: 1 }), 'whole')).toMatchObject({ correlationId: expected })
  })

  test('a priority beyond the ten there are counts as the highest', () => {
    expect(parseHead(encodeMessage({ header: { priority: 200 }, body: 1 }), 'whole').priority).toBe(9)
  })

  test.each([
    ['a section without a descriptor', 'garbage'],
    ['a section of an unknown kind', '\x00\x53\x79\x40'],
    ['a descriptor that is no section', '\x00\x53\x10\x45'],
    ['properties that are no list', '\x00\x53\x73\xa1\x01x'],
    ['an item over the end of the properties', '\x00\x53\x73\xc0\x02\x01\xa1\x05abcde\x00\x53\x77\x40'],
    ['an end within a section', '\x00\x53\x73\xc0\x08\x03@@'],
  ])('%s is malformed', (_what, bytes) => {
    expect(codeOf(() => parseHead(Buffer.from(bytes, 'latin1'), 'whole'))).toBe('mesh/malformed-message')
  })

  test('a head beyond the limit is malformed, complete or not', () => {
    const huge = sections([0x72, { x: 'y'.repeat(MAX_HEAD_BYTES) }], [0x77, null])
    expect(codeOf(() => parseHead(huge))).toBe('mesh/malformed-message')
    expect(codeOf(() => parseHead(huge.subarray(0, MAX_HEAD_BYTES + 1)))).toBe('mesh/malformed-message')
  })

  test('broken annotations have a code of their own', () => {
    const broken = Buffer.from('\x00\x80SKPR--RA\xc0\x02\x01C', 'latin1')
    expect(codeOf(() => parseHead(broken, 'whole'))).toBe('mesh/invalid-annotations')
  })

  test('any bytes give a head, a question for more or an error of ours', () => {
    const start = Buffer.concat([ANNOTATIONS, encodeMessage(message)])
    fc.assert(
      fc.property(fc.nat(start.length - 1), fc.uint8Array({ maxLength: 30 }), (cut, random) => {
        const bytes = Buffer.concat([start.subarray(0, cut), random])
        try {
          parseHead(bytes)
          parseHead(bytes, 'whole')
        } catch (error) {
          expect(error).toBeInstanceOf(SkupperError)
        }
      }),
    )
  })
})
