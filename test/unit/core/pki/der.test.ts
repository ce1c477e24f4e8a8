import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { childrenOf, derTag, readDer, readOnly } from '../../../../core/pki/der.ts'

const badDer = expect.objectContaining({ code: 'pki/bad-der' }) as Error

describe('readDer', () => {
  test('reads short and long lengths and leaves what follows', () => {
    const short = readDer(Buffer.from('020105ff', 'hex'))
    expect(short).toMatchObject({ tag: derTag.integer, content: Buffer.from([5]), rest: Buffer.from([0xff]) })
    const long = readDer(Buffer.concat([Buffer.from('0481c8', 'hex'), Buffer.alloc(200, 7)]))
    expect(long.content).toEqual(Buffer.alloc(200, 7))
    expect(long.whole.length).toBe(203)
  })

  test.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['a cut length', '0482ff'],
    ['content that is cut', '04050102'],
    ['an indefinite length', '3080020105'],
    ['a length of four bytes', '048400000001ff'],
    ['a length in more bytes than needed', '048105aaaaaaaaaa'],
    ['a length with a leading zero', '0482000100'],
    ['a tag of several bytes', '1f8101'],
  ])('refuses %s', (_what, hex) => {
    expect(() => readDer(Buffer.from(hex, 'hex'))).toThrow(badDer)
  })

  test('of random bytes gives parts of them or the one error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          const value = readDer(Buffer.from(bytes))
          expect(value.whole.length + value.rest.length).toBe(bytes.length)
          childrenOf(value)
        } catch (error) {
          expect(error).toMatchObject({ code: 'pki/bad-der' })
        }
      }),
    )
  })
})

test('readOnly refuses another tag and bytes that follow', () => {
  expect(readOnly(Buffer.from('020105', 'hex'), derTag.integer).content).toEqual(Buffer.from([5]))
  expect(() => readOnly(Buffer.from('020105', 'hex'), derTag.sequence)).toThrow(badDer)
  expect(() => readOnly(Buffer.from('02010500', 'hex'), derTag.integer)).toThrow(badDer)
})

test('childrenOf refuses more than 64 parts', () => {
  const sequence = (count: number) =>
    readDer(Buffer.from(`30${(count * 2).toString(16).padStart(2, '0')}${'0500'.repeat(count)}`, 'hex'))
  expect(childrenOf(sequence(3))).toHaveLength(3)
  const many = Buffer.concat([Buffer.from('308182', 'hex'), Buffer.from('0500'.repeat(65), 'hex')])
  expect(() => childrenOf(readDer(many))).toThrow(badDer)
})
