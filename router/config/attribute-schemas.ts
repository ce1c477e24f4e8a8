import { z } from 'zod'
import { integer } from '../../core/model/field-schemas.ts'

// Attributes arrive from JSON and from AMQP, where numbers and flags may be text: each schema here takes both forms and
// answers one. `wanted` texts follow core/model/field-schemas.ts.

const MAX_PEM_CHARACTERS = 256 * 1024
const PEM_WANTED = `PEM text of at most ${String(MAX_PEM_CHARACTERS)} characters`
const SERVICE_PORTS: Readonly<Record<string, string>> = { amqp: '5672', amqps: '5671' }
const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false, yes: true, no: false }

/** A whole number, or its digits. */
export function number(min: number, max: number) {
  const digits = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
  return z
    .union([z.number(), digits], { error: `an integer from ${String(min)} to ${String(max)}` })
    .pipe(integer(min, max))
}

/** A flag, or its word. */
export const flag = z.union(
  [z.boolean(), z.enum(['true', 'false', 'yes', 'no']).transform((word) => FLAGS[word] ?? false)],
  { error: 'true or false' },
)

/** A port, always answered as its digits, which is its form on the wire. 0 lets the system choose. */
export const port = z
  .union([z.int().transform(String), z.string()], { error: 'a port from 0 to 65535' })
  .transform((text) => SERVICE_PORTS[text] ?? text)
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, { error: 'a port from 0 to 65535' })

/** Text of at most 4096 characters; empty text counts as absent, as the router in C has it. */
export const text = z.string({ error: 'text' }).max(4096, { error: 'text of at most 4096 characters' })

/** PEM written out. */
export const pem = z.string({ error: PEM_WANTED }).max(MAX_PEM_CHARACTERS, { error: PEM_WANTED }).optional()

/** SHA-256 hashes in hex with commas between, at most so many; in lower case. */
export function hashes(max: number) {
  const wanted = `at most ${String(max)} SHA-256 hashes in hex, with commas between`
  const isList = (words: string): boolean =>
    words.split(',').length <= max && words.split(',').every((word) => /^[0-9a-f]{64}$/.test(word))
  return z
    .string({ error: wanted })
    .transform((words) => words.toLowerCase())
    .refine((words) => words === '' || isList(words), { error: wanted })
}

/** Text that must be there. */
export const requiredText = text.min(1, { error: 'text that is not empty' })
