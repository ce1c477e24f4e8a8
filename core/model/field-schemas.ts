import { z } from 'zod'

// The words that the resource schemas are made of. Each schema's error text says what is wanted, never what was given:
// `resource.ts` puts both into one sentence. Nothing here transforms, so that z.toJSONSchema can convert all of it.

/** Highest cost of a link: a signed 32-bit integer, as the router's management knows it. */
export const MAX_LINK_COST = 2_147_483_647

/** An object with exactly these fields: any other is refused by name. */
export function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `one of the fields ${Object.keys(shape).join(', ')}` : undefined,
  })
}

/** Text of 1 to `max` characters. */
export function text(max: number) {
  const wanted = `text of 1 to ${String(max)} characters`
  return z.string({ error: wanted }).min(1, { error: wanted }).max(max, { error: wanted })
}

/** A whole number within bounds, both included. */
export function integer(min: number, max: number) {
  const wanted = `an integer from ${String(min)} to ${String(max)}`
  return z.int({ error: wanted }).min(min, { error: wanted }).max(max, { error: wanted })
}

/** Text of at most `max` characters that fits a pattern; `wanted` names the rule. */
export function matching(pattern: RegExp, max: number, wanted: string) {
  return z.string({ error: wanted }).max(max, { error: wanted }).regex(pattern, { error: wanted })
}

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly [Word, ...Word[]]) {
  return z.enum(words, { error: `one of ${words.join(', ')}` })
}

export const flag = z.boolean({ error: 'true or false' })
export const port = integer(1, 65_535)

/** A port written as text, as Skupper v2 does in the endpoints of a Link. */
export const portText = matching(/^[1-9][0-9]{0,4}$/, 5, 'a port from "1" to "65535", in quotes').refine(
  (digits) => Number(digits) <= 65_535,
  { error: 'a port from "1" to "65535", in quotes' },
)

/** What Kubernetes calls an RFC 1123 subdomain: the name of a resource. */
export const resourceName = matching(
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  253,
  'a name of at most 253 lower-case letters, digits, "-" and "."',
)

/** What Kubernetes calls an RFC 1123 label: the name of a namespace. */
export const labelName = matching(
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  63,
  'a name of at most 63 lower-case letters, digits and "-"',
)

/** A host name, an IPv4 or an IPv6 address. Its existence is not checked here. */
export const host = matching(
  /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45})$/,
  253,
  'a host name or an IP address',
)

/**
 * The address of a service in the network. The first characters "_", "$" and "mc/" belong to the routers themselves
 * (protocol sheet, section 2, address space): a service there could take their messages.
 */
export const routingKeyText = matching(
  /^[^\s_$]\S*$/,
  512,
  'a routing key without white space that does not start with "_", "$" or "mc/"',
).refine((key) => !key.startsWith('mc/'), { error: 'a routing key that does not start with "mc/"' })

/** Link cost as Skupper v2 takes it: 0 counts as 1. */
export const cost = integer(0, MAX_LINK_COST)

export const textMap = z.record(z.string(), z.string({ error: 'text, in quotes where YAML would read something else' }))
