import { isIPv4 } from 'node:net'

const HEXTETS = 8

/** The 4 or 16 bytes of an address that `net.isIP` accepts, without a zone. */
export function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = address.replace(/[\d.]+\.[\d.]+$/, dottedAsHextets).split('::')
  const first = hextetsOf(head)
  const last = hextetsOf(tail ?? '')
  const zeros = Array.from({ length: HEXTETS - first.length - last.length }, () => 0)
  const bytes = Buffer.alloc(2 * HEXTETS)
  for (const [index, hextet] of [...first, ...zeros, ...last].entries()) bytes.writeUInt16BE(hextet, 2 * index)
  return bytes
}

function hextetsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((hextet) => Number.parseInt(hextet, 16))
}

/** The IPv4 address that an IPv6 address may end with. */
function dottedAsHextets(dotted: string): string {
  const bytes = Buffer.from(dotted.split('.').map(Number))
  return `${bytes.readUInt16BE(0).toString(16)}:${bytes.readUInt16BE(2).toString(16)}`
}
