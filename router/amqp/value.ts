/** The AMQP types that a plain JavaScript value cannot name by itself (AMQP 1.0, part 1.6). */
export type TypeName =
  | 'bool'
  | 'ubyte'
  | 'ushort'
  | 'uint'
  | 'ulong'
  | 'byte'
  | 'short'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'decimal32'
  | 'decimal64'
  | 'decimal128'
  | 'char'
  | 'timestamp'
  | 'uuid'
  | 'symbol'

/** A value whose AMQP type is said and not deduced. Uuids and decimals carry their bytes, a char its code point. */
export class Typed {
  readonly type: TypeName
  readonly value: unknown

  constructor(type: TypeName, value: unknown) {
    this.type = type
    this.value = value
  }
}

/** An array: all elements have one AMQP type. */
export class TypedArray {
  readonly type: TypeName | 'string' | 'binary'
  readonly items: readonly unknown[]

  constructor(type: TypeName | 'string' | 'binary', items: readonly unknown[]) {
    this.type = type
    this.items = items
  }
}

/** A described value: a number or bigint as descriptor stands for a ulong, a string for a symbol. */
export class Described {
  readonly descriptor: number | bigint | string
  readonly value: unknown

  constructor(descriptor: number | bigint | string, value: unknown) {
    this.descriptor = descriptor
    this.value = value
  }
}

export const symbol = (text: string): Typed => new Typed('symbol', text)
export const bool = (value: boolean): Typed => new Typed('bool', value)
export const ubyte = (value: number): Typed => new Typed('ubyte', value)
export const ushort = (value: number): Typed => new Typed('ushort', value)
export const uint = (value: number): Typed => new Typed('uint', value)
export const ulong = (value: number | bigint): Typed => new Typed('ulong', value)
export const byte = (value: number): Typed => new Typed('byte', value)
export const short = (value: number): Typed => new Typed('short', value)
export const int = (value: number): Typed => new Typed('int', value)
export const long = (value: number | bigint): Typed => new Typed('long', value)
export const float = (value: number): Typed => new Typed('float', value)
export const double = (value: number): Typed => new Typed('double', value)
export const char = (codePoint: number): Typed => new Typed('char', codePoint)
/** Milliseconds since 1970. */
export const timestamp = (ms: number | bigint): Typed => new Typed('timestamp', ms)
/** 16 bytes. */
export const uuid = (bytes: Buffer): Typed => new Typed('uuid', bytes)
export const described = (descriptor: number | bigint | string, value: unknown): Described =>
  new Described(descriptor, value)
export const symbolArray = (texts: readonly string[]): TypedArray => new TypedArray('symbol', texts)
export const typedArray = (type: TypedArray['type'], items: readonly unknown[]): TypedArray =>
  new TypedArray(type, items)
