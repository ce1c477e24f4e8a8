import { isIP, isIPv4 } from 'node:net'
import { addressBytes } from '../../core/pki/ip-address.ts'

/** The network that one IPv6 customer has. */
const NETWORK_BYTES = 8

/** What of a peer's address is limited together: an IPv4 address, or the /64 of an IPv6 one. */
export function remoteNetwork(address: string | undefined): string {
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (isIPv4(plain) || isIP(plain) === 0) return plain
  return `${addressBytes(plain).toString('hex', 0, NETWORK_BYTES)}/64`
}
