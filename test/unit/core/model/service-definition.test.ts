import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import {
  formatServiceDefinitions,
  MAX_DEFINITIONS,
  MAX_DEFINITIONS_TEXT,
  parseServiceDefinitions,
} from '../../../../core/model/service-definition.ts'

const parse = (value: unknown) => parseServiceDefinitions(JSON.stringify(value))
const backend = { address: 'backend', protocol: 'http', ports: [8080, 8081] }

describe('parseServiceDefinitions', () => {
  it('reads what Skupper v1 sends', () => {
    const sent = {
      ...backend,
      labels: { app: 'backend' },
      targets: [],
      headless: null,
      origin: 'annotation',
      tlsCredentials: 'skupper-tls-backend',
    }
    expect(parse([sent])).toEqual({ definitions: [{ ...backend, labels: { app: 'backend' } }], refused: [] })
  })

  it('reads entries of old with one port, and ports given twice', () => {
    expect(parse([{ address: 'a', protocol: 'tcp', port: 80, targetPort: 1 }]).definitions).toEqual([
      { address: 'a', protocol: 'tcp', ports: [80] },
    ])
    expect(parse([{ address: 'a', protocol: 'tcp', ports: [80, 80], labels: null }]).definitions).toMatchObject([
      { ports: [80] },
    ])
  })

  it.each([
    [{ ...backend, address: '$management' }],
    [{ ...backend, address: 'a/b' }],
    [{ ...backend, address: 'a'.repeat(64) }],
    [{ ...backend, protocol: 'udp' }],
    [{ ...backend, ports: [] }],
    [{ ...backend, ports: [0] }],
    [{ ...backend, ports: Array.from({ length: 65 }, (_none, index) => index + 1) }],
    [{ ...backend, labels: { app: 'not a label!' } }],
    [{ ...backend, labels: { app: 1 } }],
    [{ protocol: 'tcp', ports: [1] }],
    ['backend'],
    [null],
  ])('leaves out %j and says why', (wrong) => {
    const { definitions, refused } = parse([wrong, { ...backend, address: 'sound' }])
    expect(definitions).toMatchObject([{ address: 'sound' }])
    expect(refused).toHaveLength(1)
  })

  it('leaves out the second of two for one address', () => {
    expect(parse([backend, { ...backend, ports: [1] }])).toEqual({
      definitions: [backend],
      refused: ['backend: it is defined twice'],
    })
  })

  it('reads no more than the limit and says how many there were', () => {
    const many = Array.from({ length: MAX_DEFINITIONS + 3 }, (_none, index) => ({
      ...backend,
      address: `s${String(index)}`,
    }))
    const { definitions, refused } = parse(many)
    expect(definitions).toHaveLength(MAX_DEFINITIONS)
    expect(refused).toEqual([`3 definitions beyond the first ${String(MAX_DEFINITIONS)}`])
  })

  it.each(['', '{', '{}', '7', 'null', '"a"', ' '.repeat(MAX_DEFINITIONS_TEXT + 1)])(
    'throws for what is no list',
    (text) => {
      expect(() => parseServiceDefinitions(text)).toThrow(
        expect.objectContaining({ code: 'service-definition/invalid' }),
      )
    },
  )

  it('answers any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          return Array.isArray(parseServiceDefinitions(text).definitions)
        } catch (error) {
          return error instanceof SkupperError
        }
      }),
    )
  })
})

it('writes what it reads, sorted, without targets', () => {
  const text = formatServiceDefinitions([
    { address: 'b', protocol: 'tcp', ports: [1] },
    { address: 'a', protocol: 'http', ports: [80], labels: { app: 'a' } },
  ])
  expect(text).toBe(
    '[{"address":"a","protocol":"http","ports":[80],"labels":{"app":"a"},"targets":[]},{"address":"b","protocol":"tcp","ports":[1],"targets":[]}]',
  )
  expect(parseServiceDefinitions(text).definitions.map(({ address }) => address)).toEqual(['a', 'b'])
})
