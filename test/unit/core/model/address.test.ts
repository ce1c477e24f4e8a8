import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkAddress,
  checkPort,
  connectorName,
  isAddress,
  listenerName,
  parseRoutingKey,
  routingKey,
} from '../../../../core/model/address.ts'

const labels = fc.stringMatching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/)
const ports = fc.integer({ min: 1, max: 65_535 })

describe('routing keys', () => {
  it('are address and port, and come apart again', () => {
    fc.assert(
      fc.property(labels, ports, (address, port) => {
        expect(parseRoutingKey(routingKey(address, port))).toEqual({ address, port })
      }),
    )
  })

  it.each(['backend', 'backend:', ':8080', 'a:b:80', 'backend:0', 'backend:080', 'backend:65536', 'backend:1e3', ''])(
    'of another form come apart to nothing: %j',
    (key) => {
      expect(parseRoutingKey(key)).toBeUndefined()
    },
  )
})

describe('addresses', () => {
  it.each(['a', 'backend', 'my-db-2', 'a'.repeat(63)])('can be %s', (address) => {
    expect(isAddress(address)).toBe(true)
    expect(checkAddress(address)).toBe(address)
  })

  it.each(['', '2nd', '-a', 'a-', 'a.b', 'A', 'a b', '$management', 'mc/a', 'a\n', 'a'.repeat(64)])(
    'cannot be %j',
    (address) => {
      expect(isAddress(address)).toBe(false)
      expect(() => checkAddress(address)).toThrow(expect.objectContaining({ code: 'address/invalid', given: address }))
    },
  )
})

describe('ports', () => {
  it.each([1, 65_535, '8080', '0080'])('can be %j', (port) => {
    expect(checkPort(port)).toBe(Number(port))
  })

  it.each([0, 65_536, -1, 1.5, NaN, '', ' 80', '80a', '1e3', '0x50', '99999999999'])('cannot be %j', (port) => {
    expect(() => checkPort(port)).toThrow(expect.objectContaining({ code: 'port/invalid' }))
  })
})

describe('names', () => {
  it('are address and port where that fits', () => {
    expect(listenerName('backend', 8080)).toBe('backend-8080')
    expect(connectorName('backend', 8080, 'db.example')).toMatch(/^backend-8080-db-example-[a-z0-9]+$/)
    expect(connectorName('backend', 8080, 'db')).toBe('backend-8080-db')
  })

  it('are fit for Kubernetes, whatever they are made of', () => {
    fc.assert(
      fc.property(labels, ports, fc.string({ minLength: 1 }), (address, port, host) => {
        for (const name of [listenerName(address, port), connectorName(address, port, host)]) {
          expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
        }
      }),
    )
  })

  it('differ where what they are made of does', () => {
    const long = 'a'.repeat(62)
    expect(listenerName(`${long}b`, 80)).not.toBe(listenerName(`${long}c`, 80))
    expect(connectorName('a', 1, 'x.y')).not.toBe(connectorName('a', 1, 'x-y'))
    expect(connectorName('a', 1, '::1')).not.toBe(connectorName('a', 1, '1'))
  })
})
