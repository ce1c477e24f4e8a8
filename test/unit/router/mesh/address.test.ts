import { describe, expect, test } from 'vitest'
import { addressKey, plainAddress, temporaryAddress, topologyAddress } from '../../../../router/mesh/address.ts'

describe('addressKey on an interior router', () => {
  test.each([
    ['foo', 'Mfoo'],
    ['backend:8080', 'Mbackend:8080'],
    ['mc/sfe.all', 'Mmc/sfe.all'],
    ['amqp:/foo', 'Mfoo'],
    ['amqps:/foo', 'Mfoo'],
    ['amqp://host:5671/foo/bar', 'Mfoo/bar'],
    ['//host/foo', 'Mfoo'],
    ['//host', 'M'],
    ['/foo', 'Mfoo'],
    ['foo/', 'Mfoo'],
    ['foo.', 'Mfoo'],
    ['', 'M'],
    // A service may be called like the scheme.
    ['amqp:5672', 'Mamqp:5672'],
    ['_local/qdhello', 'Lqdhello'],
    ['amqp:/_local/qdhello', 'Lqdhello'],
    ['amqp:/_topo/0/all/qdrouter', 'Tqdrouter'],
    ['amqp:/_topo/0/all/qdrouter.ma', 'Tqdrouter.ma'],
    ['_topo/0/ME/temp.abc', 'Ltemp.abc'],
    ['_topo/0/ME/$management', 'L$management'],
    ['_topo/0/OTHER/$management', 'ROTHER'],
    ['_topo/0/OTHER/tenant/temp.abc', 'ROTHER'],
    ['_topo/1/ME/x', 'A1'],
    ['_topo', 'A'],
    ['_topo/0', 'R'],
    ['$management', 'L$management'],
    ['_edge/E1/temp.abc', 'HE1'],
    ['_xtopo/net/0/OTHER/x', 'ROTHER'],
    ['_xtopo/net/0/ME/x', 'Lx'],
    ['_xedge/net/E1/x', 'HE1'],
    ['_$qd.edge_addr_tracking', 'M_$qd.edge_addr_tracking'],
  ])('%s is %s', (address, key) => {
    expect(addressKey(address, 'ME')).toBe(key)
  })
})

describe('addressKey on an edge router', () => {
  test.each([
    ['_edge/ME/temp.abc', 'Ltemp.abc'],
    ['_edge/OTHER/temp.abc', 'L_edge'],
    ['_xedge/net/ME/x', 'Lx'],
    ['foo', 'Mfoo'],
  ])('%s is %s', (address, key) => {
    expect(addressKey(address, 'ME', { mode: 'edge' })).toBe(key)
  })
})

describe('addressKey in a named network', () => {
  test.each([
    ['_xtopo/ours/0/OTHER/x', 'ROTHER'],
    ['_xtopo/theirs/0/OTHER/x', 'Ntheirs'],
    ['_xedge/ours/E1/x', 'HE1'],
    ['_xedge/theirs/E1/x', 'Ntheirs'],
  ])('%s is %s', (address, key) => {
    expect(addressKey(address, 'ME', { mode: 'interior', network: 'ours' })).toBe(key)
  })
})

test('an address of nothing but dots or slashes costs no time', () => {
  const dots = '.'.repeat(60_000)
  expect(plainAddress(`${dots}x${dots}`)).toBe(`${dots}x`)
  expect(plainAddress('/'.repeat(60_000))).toBe('')
})

test('an address made here is read back', () => {
  expect(addressKey(topologyAddress('OTHER', 'qdrouter'), 'ME')).toBe('ROTHER')
  expect(addressKey(temporaryAddress('ME', 'abcdefghijklmno'), 'ME')).toBe('Ltemp.abcdefghijklmno')
})
