import { isIPv4, isIPv6 } from 'node:net'

const HEXTETS = 8
/** A network of this many hextets is what one IPv6 customer has. */
const NETWORK_HEXTETS = 4

/** What of a peer's address is limited together: an IPv4 address, or the /64 of an IPv6 one. */
export function remoteNetwork(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (isIPv4(plain) || !isIPv6(plain)) return plain
  const [head = '', tail] = plain.toLowerCase().split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, HEXTETS - first.length - last.length) }, () => '0')
  const hextets = [...first, ...zeros, ...last].map((hextet) => hextet.replace(/^0+(?=.)/, ''))
  return `${hextets.slice(0, NETWORK_HEXTETS).join(':')}::/64`
}
