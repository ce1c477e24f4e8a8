import fc from 'fast-check'
import { BlockList } from 'node:net'
import { expect, test } from 'vitest'
import { addressBytes } from '../../../../core/pki/ip-address.ts'

test.each([
  ['10.1.2.255', '0a0102ff'],
  ['::', '0'.repeat(32)],
  ['::1', `${'0'.repeat(31)}1`],
  ['2001:DB8::', `20010db8${'0'.repeat(24)}`],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['::ffff:10.1.2.3', '00000000000000000000ffff0a010203'],
  ['1:2:3:4:5:6:10.1.2.3', '0001000200030004000500060a010203'],
  ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221'],
])('%s has the bytes %s', (address, hex) => {
  expect(addressBytes(address).toString('hex')).toBe(hex)
})

test('the bytes of any IPv6 address, written out, are the same address', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const written = addressBytes(address).toString('hex').match(/.{4}/g)?.join(':') ?? ''
      const same = new BlockList()
      same.addAddress(address, 'ipv6')
      expect(same.check(written, 'ipv6')).toBe(true)
    }),
  )
})
