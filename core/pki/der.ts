import { SkupperError } from '../model/error.ts'

/** One DER value and what follows it. All three buffers are views of the bytes that were read. */
export interface DerValue {
  readonly tag: number
  readonly content: Buffer
  /** Tag, length and content: what a signature covers. */
  readonly whole: Buffer
  readonly rest: Buffer
}

export const derTag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  sequence: 0x30,
} as const

const MAX_CHILDREN = 64
const LONG_FORM = 0x80
const MAX_LENGTH_BYTES = 3

/**
 * Reads the first value of `bytes`. Only what X.509 and PKCS#10 need: one-byte tags, definite lengths in their
 * shortest form. Throws `pki/bad-der` for anything else. It never recurses, so depth is no concern.
 */
export function readDer(bytes: Buffer): DerValue {
  const tag = bytes[0]
  const first = bytes[1]
  if (tag === undefined || first === undefined) throw badDer('it ends within a tag or length')
  if ((tag & 0x1f) === 0x1f) throw badDer('it has a tag of several bytes')
  const lengthBytes = first < LONG_FORM ? 0 : first - LONG_FORM
  const start = 2 + lengthBytes
  const length = lengthBytes === 0 ? first : longLength(bytes, lengthBytes)
  const end = start + length
  if (end > bytes.length) throw badDer(`a value of ${String(length)} bytes ends beyond it`)
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(0, end), rest: bytes.subarray(end) }
}

/** Reads `bytes` as exactly one value with this tag. */
export function readOnly(bytes: Buffer, tag: number): DerValue {
  const value = readDer(bytes)
  if (value.rest.length > 0) throw badDer(`${String(value.rest.length)} bytes follow it`)
  if (value.tag !== tag) throw badDer(`it has tag ${String(value.tag)}, wanted ${String(tag)}`)
  return value
}

/** The values inside a constructed value, at most 64. */
export function childrenOf(value: DerValue): DerValue[] {
  const children: DerValue[] = []
  for (let rest = value.content; rest.length > 0;) {
    if (children.length === MAX_CHILDREN) throw badDer(`it has more than ${String(MAX_CHILDREN)} parts`)
    const child = readDer(rest)
    children.push(child)
    rest = child.rest
  }
  return children
}

function longLength(bytes: Buffer, lengthBytes: number): number {
  if (lengthBytes === 0 || lengthBytes > MAX_LENGTH_BYTES || bytes.length < 2 + lengthBytes) {
    throw badDer('it has a length that is cut, indefinite or beyond 16 MiB')
  }
  const length = bytes.readUIntBE(2, lengthBytes)
  const shortest = length < LONG_FORM ? 0 : Math.ceil(length.toString(16).length / 2)
  if (shortest !== lengthBytes) throw badDer('it has a length that is not in its shortest form')
  return length
}

function badDer(what: string): SkupperError {
  return new SkupperError('pki/bad-der', `Not readable as DER: ${what}.`)
}
