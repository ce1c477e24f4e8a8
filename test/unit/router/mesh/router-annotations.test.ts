import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Encoder } from '../../../../router/amqp/encode.ts'
import { described, uint } from '../../../../router/amqp/value.ts'
import {
  MAX_TRACE,
  STREAMING,
  decodeAnnotations,
  encodeAnnotations,
  originAnnotations,
  passedOn,
  routerIdOf,
  startsWithAnnotations,
} from '../../../../router/mesh/router-annotations.ts'
import type { RouterAnnotations } from '../../../../router/mesh/router-annotations.ts'
import { codeOf } from '../../../support/code-of.ts'

const DESCRIPTOR = 0x534b50522d2d5241n
const name = fc.string({ maxLength: 300 })
const annotations: fc.Arbitrary<RouterAnnotations> = fc.record({
  flags: fc.nat(2 ** 32 - 1),
  toOverride: fc.option(name, { nil: undefined }),
  ingress: fc.option(name, { nil: undefined }),
  trace: fc.array(name, { maxLength: 5 }),
  ingressMesh: fc.option(name, { nil: undefined }),
})

function section(items: unknown): Buffer {
  const encoder = new Encoder()
  encoder.value(described(DESCRIPTOR, items))
  return encoder.bytes()
}

describe('the section', () => {
  test('has byte for byte the form that a real router sends', () => {
    const captured =
      '\x00\x80SKPR--RA\xd0\x00\x00\x00\x1b\x00\x00\x00\x04C@\xa1\x040/RA\xd0\x00\x00\x00\x0a\x00\x00\x00\x01\xa1\x040/RA'
    expect(encodeAnnotations(originAnnotations('RA')).toString('latin1')).toBe(captured)
  })

  test('is read back as it was written', () => {
    fc.assert(
      fc.property(annotations, (wanted) => {
        const bytes = encodeAnnotations(wanted)
        expect(startsWithAnnotations(bytes)).toBe(true)
        expect(decodeAnnotations(Buffer.concat([bytes, Buffer.from('rest')]))).toEqual({
          annotations: wanted,
          length: bytes.length,
        })
      }),
    )
  })

  test('cut anywhere it is incomplete', () => {
    fc.assert(
      fc.property(annotations, fc.nat(), (any, cut) => {
        const bytes = encodeAnnotations(any)
        expect(decodeAnnotations(bytes.subarray(0, cut % bytes.length))).toBe('incomplete')
      }),
    )
  })

  test('is accepted as an edge sends it: short list, no ingress, empty trace', () => {
    const decoded = decodeAnnotations(Buffer.from('\x00\x80SKPR--RA\xc0\x05\x04C@@E', 'latin1'))
    expect(decoded).toMatchObject({ annotations: { flags: 0, ingress: undefined, trace: [] } })
  })

  test.each([
    ['no list', 'text'],
    ['three items', [0, null, null]],
    ['flags that are no uint', ['x', null, null, []]],
    ['a number as to-override', [uint(0), 7, null, []]],
    ['a number as ingress', [uint(0), null, 7, []]],
    ['a trace that is no list', [uint(0), null, null, 'x']],
    ['a trace item that is no string', [uint(0), null, null, [1]]],
    ['a trace that is a loop', [uint(0), null, null, Array.from({ length: MAX_TRACE + 1 }, () => '0/A')]],
  ])('with %s is refused', (_what, items) => {
    expect(codeOf(() => decodeAnnotations(section(items)))).toBe('mesh/invalid-annotations')
  })

  test('that promises a fifth item and ends before it is refused', () => {
    const bytes = Buffer.from('\x00\x80SKPR--RA\xc0\x05\x05C@@E', 'latin1')
    expect(codeOf(() => decodeAnnotations(bytes))).toBe('mesh/malformed-message')
  })
})

describe('passing a message on', () => {
  test('adds this router to the trace and keeps everything else', () => {
    const before = { flags: STREAMING | 64, toOverride: 'foo', ingress: '0/A', trace: ['0/A'], ingressMesh: 'mesh' }
    expect(passedOn(before, 'B')).toEqual({ ...before, trace: ['0/A', '0/B'] })
  })

  test('makes this router the ingress of what has none', () => {
    expect(passedOn({ ...originAnnotations('E'), ingress: undefined, trace: [] }, 'B')).toMatchObject({
      ingress: '0/B',
      trace: ['0/B'],
    })
    expect(passedOn(undefined, 'B')).toEqual(originAnnotations('B'))
  })
})

test('a router id is what follows the area', () => {
  expect(routerIdOf('0/RA')).toBe('RA')
  expect(routerIdOf('RA')).toBe('RA')
})
