import { SkupperError } from '../../../core/model/error.ts'

/** The body of a control message, or a map in it. Symbols and strings as keys decode alike. */
export type Fields = ReadonlyMap<unknown, unknown>

const MAX_ROUTER_ID = 255

/** A whole number from 0 up to 2^53. Throws `mesh/invalid-control`. */
export function integer(fields: Fields, name: string): number {
  const value = fields.get(name)
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw invalid(name, value, 'a whole number, 0 or more')
  }
  return value
}

/** The `id` of a router, at most 255 characters and without a slash, which would end it in an address. */
export function routerIdIn(fields: Fields): string {
  const id = fields.get('id')
  if (typeof id !== 'string' || id === '' || id.length > MAX_ROUTER_ID || id.includes('/')) {
    throw invalid('id', id, `a router id of at most ${String(MAX_ROUTER_ID)} characters`)
  }
  return id
}

/** The map itself. Throws `mesh/invalid-control`. */
export function mapOf(value: unknown, name: string): Fields {
  if (!(value instanceof Map)) throw invalid(name, value, 'a map')
  return value
}

/** A list of at most `most` items. Throws `mesh/invalid-control`. */
export function listOf(fields: Fields, name: string, most: number): readonly unknown[] {
  const value = fields.get(name)
  if (!Array.isArray(value) || value.length > most) throw invalid(name, value, `a list of at most ${String(most)}`)
  return value
}

function invalid(name: string, given: unknown, wanted: string): SkupperError {
  return new SkupperError('mesh/invalid-control', `control message: "${name}" should be ${wanted}`, { given, wanted })
}
