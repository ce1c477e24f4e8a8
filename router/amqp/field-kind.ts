import { Typed, TypedArray } from './value.ts'

/** What each kind of field is in TypeScript. `symbols` is one symbol or an array; a `map` has symbols as keys. */
export interface Kinds {
  string: string
  symbol: string
  symbols: readonly string[]
  uint: number
  ushort: number
  ubyte: number
  ulong: number
  bool: boolean
  binary: Buffer
  map: ReadonlyMap<string, unknown>
  any: unknown
}
export type Kind = keyof Kinds

interface Codec<T> {
  /** The value to encode. */
  wire(value: T): unknown
  /** The decoded value where it is of this kind, else undefined. */
  read(value: unknown): T | undefined
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const unsigned = (type: 'ubyte' | 'ushort' | 'uint', limit: number): Codec<number> => ({
  wire: (value) => new Typed(type, value),
  read: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= limit ? value : undefined,
})

/** How a field of each kind goes to the wire and comes from it. */
export const FIELD_KINDS: { readonly [K in Kind]: Codec<Kinds[K]> } = {
  string: { wire: (value) => value, read: text },
  symbol: { wire: (value) => new Typed('symbol', value), read: text },
  symbols: { wire: (value) => new TypedArray('symbol', value), read: symbolsOf },
  ubyte: unsigned('ubyte', 0xff),
  ushort: unsigned('ushort', 0xffff),
  uint: unsigned('uint', 0xffffffff),
  ulong: { wire: (value) => new Typed('ulong', value), read: longOf },
  bool: { wire: (value) => value, read: (value) => (typeof value === 'boolean' ? value : undefined) },
  binary: { wire: (value) => value, read: (value) => (Buffer.isBuffer(value) ? value : undefined) },
  map: { wire: symbolKeyed, read: symbolMap },
  any: { wire: (value) => value, read: (value) => value },
}

/** The two ulong fields we read are a size and an offset: beyond what a number holds they are as good as its largest. */
function longOf(value: unknown): number | undefined {
  if (typeof value === 'bigint') return value > 0n ? Number.MAX_SAFE_INTEGER : undefined
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
}

function symbolsOf(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) return undefined
  return value.every((item) => typeof item === 'string') ? value : undefined
}

function symbolKeyed(map: ReadonlyMap<string, unknown>): Map<Typed, unknown> {
  return new Map([...map].map(([key, item]) => [new Typed('symbol', key), item]))
}

function symbolMap(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (!(value instanceof Map)) return undefined
  const map = new Map<string, unknown>()
  for (const [key, item] of value) {
    if (typeof key !== 'string') return undefined
    map.set(key, item)
  }
  return map
}
