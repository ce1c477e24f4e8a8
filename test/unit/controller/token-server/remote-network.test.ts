import { expect, test } from 'vitest'
import { remoteNetwork } from '../../../../controller/token-server/remote-network.ts'

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['2001:db8:1:2:3:4:5:6', '20010db800010002/64'],
  ['2001:DB8::6', '20010db800000000/64'],
  ['::1', '0000000000000000/64'],
  ['fe80::1%eth0', 'fe80000000000000/64'],
  ['2001:0db8:0001:0002::', '20010db800010002/64'],
  ['', ''],
  [undefined, ''],
])('%s is limited as %s', (address, network) => {
  expect(remoteNetwork(address)).toBe(network)
})
