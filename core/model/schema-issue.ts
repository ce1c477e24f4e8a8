import type { z } from 'zod'
import { SkupperError } from './error.ts'

const MAX_QUOTED = 80
const MAX_DEPTH = 32

/** Fields whose values are never shown. */
const SECRET_FIELDS: ReadonlySet<PropertyKey> = new Set(['code', 'data', 'stringData', 'password', 'privateKey'])

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'an integer',
  number: 'a number',
  object: 'a mapping of fields',
  record: 'a mapping of names to text',
  string: 'text',
}

/** The first thing that a schema found wrong. `fault` reads on after the path: `is "80a"`, `is missing`. */
export interface Explanation {
  path: PropertyKey[]
  fault: string
  given: unknown
  wanted: string
}

/** What is wrong with `value`, from the first issue of a zod error: the field, what is there, what is wanted. */
export function explain(error: z.ZodError, value: unknown): Explanation {
  const issue = error.issues[0]
  if (issue === undefined) return { path: [], fault: 'is not valid', given: value, wanted: 'another value' }
  if (issue.code === 'unrecognized_keys') {
    const path = [...issue.path, issue.keys[0] ?? '']
    return { path, fault: 'is not a known field', given: path.at(-1), wanted: issue.message }
  }
  const given = valueAt(value, issue.path)
  const secret = issue.path.some((key) => SECRET_FIELDS.has(key))
  return {
    path: issue.path,
    fault: faultOf(given, secret),
    given: secret ? undefined : given,
    wanted: wantedBy(issue),
  }
}

/** A value as it is shown in messages: JSON, cut where it is long. */
export function quoted(value: unknown): string {
  const text = jsonOf(value)
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text
}

/** A value as JSON, also where JSON has no form for it, such as the large integers of AMQP. */
export function jsonOf(value: unknown): string {
  const text: unknown = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? String(member) : member,
  )
  return typeof text === 'string' ? text : String(value)
}

/** The value without the members of objects that are null. Throws `resource/invalid` where it is nested too deep. */
export function withoutNulls(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) {
    const wanted = `at most ${String(MAX_DEPTH)} levels`
    throw new SkupperError('resource/invalid', `the document is nested too deep; wanted ${wanted}`, { wanted })
  }
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member, depth + 1)]))
}

function faultOf(given: unknown, secret: boolean): string {
  if (given === undefined) return 'is missing'
  return secret ? 'has a value that is not shown' : `is ${quoted(given)}`
}

function wantedBy(issue: z.core.$ZodIssue): string {
  // Schemas that name what is wanted never begin with zod's own words; the others are named by their type.
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    return TYPE_WORDS[issue.expected] ?? issue.expected
  }
  return issue.message
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<PropertyKey, unknown>)[key]
  }
  return at
}
