import { endOf } from '../../router/mesh/control/encoded.ts'

const NAMES: Readonly<Record<number, string>> = {
  0x40: 'null',
  0x41: 'boolean',
  0x42: 'boolean',
  0x43: 'uint',
  0x52: 'uint',
  0x70: 'uint',
  0x54: 'int',
  0x71: 'int',
  0x55: 'long',
  0x81: 'long',
  0xa1: 'string',
  0xb1: 'string',
  0xa3: 'symbol',
  0xb3: 'symbol',
}
/** Where the items of a compound start, behind its constructor, size and count. */
const ITEMS_AT: Readonly<Record<number, number>> = { 0x45: 1, 0xc0: 3, 0xc1: 3, 0xd0: 9, 0xd1: 9 }

/** The AMQP types of the value at `at` as text, such as `list(string, int)`; compact and long forms read alike. */
export function typesAt(bytes: Buffer, at: number): string {
  const constructor = bytes.readUInt8(at)
  const itemsAt = ITEMS_AT[constructor]
  if (itemsAt === undefined) return NAMES[constructor] ?? `0x${constructor.toString(16)}`
  const items: string[] = []
  const end = endOf(bytes, at)
  for (let item = at + itemsAt; item < end; item = endOf(bytes, item)) items.push(typesAt(bytes, item))
  return `${(constructor & 1) === 1 && constructor !== 0x45 ? 'map' : 'list'}(${items.join(', ')})`
}
