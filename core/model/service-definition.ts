import { z } from 'zod'
import { isAddress } from './address.ts'
import { messageOf, SkupperError } from './error.ts'
import { matching, oneOf, port, textMap } from './field-schemas.ts'
import { isLabel } from './labels.ts'
import { PROTOCOLS, type Protocol } from './protocol.ts'
import { explain } from './schema-issue.ts'

/** How many definitions one origin may have. */
export const MAX_DEFINITIONS = 5000
/** The longest text of definitions that is looked at, in characters. */
export const MAX_DEFINITIONS_TEXT = 16 * 1024 * 1024
const MAX_PORTS = 64
const MAX_LABELS = 64

/** One service as sites tell each other of it: Skupper v1's service interface, as far as it travels. */
export interface ServiceDefinition {
  address: string
  protocol: Protocol
  /** Not empty, each once. */
  ports: readonly number[]
  labels?: Readonly<Record<string, string>> | undefined
}

/** Definitions of another site: those that are sound, and what was left out and why. */
export interface ParsedDefinitions {
  definitions: ServiceDefinition[]
  refused: string[]
}

const labels = textMap
  .refine((map) => Object.keys(map).length <= MAX_LABELS, { error: `at most ${String(MAX_LABELS)} labels` })
  .refine((map) => Object.entries(map).every(([key, value]) => isLabel(key, value)), { error: 'labels of Kubernetes' })

// Fields of the service interface that have no meaning here (targets, aggregate, headless …) are read over.
const definitionSchema = z.object({
  address: matching(/^./, 63, 'an address').refine(isAddress, { error: 'an address fit for a host name' }),
  protocol: oneOf(PROTOCOLS),
  ports: z.array(port).min(1, { error: 'at least one port' }).max(MAX_PORTS, { error: 'fewer ports' }),
  labels: labels.nullish(),
})

/**
 * The definitions in a JSON list as service sync carries it. A definition that is not sound, comes twice, or is beyond
 * `MAX_DEFINITIONS` is left out and reported. Throws `service-definition/invalid` where the whole is not a list.
 */
export function parseServiceDefinitions(text: string): ParsedDefinitions {
  const items = listOf(text)
  const sound = new Map<string, ServiceDefinition>()
  const refused: string[] = []
  for (const item of items.slice(0, MAX_DEFINITIONS)) {
    const checked = checkDefinition(item)
    if (typeof checked === 'string') refused.push(checked)
    else if (sound.has(keyOf(checked))) refused.push(`${checked.address}: it is defined twice`)
    else sound.set(keyOf(checked), checked)
  }
  const excess = items.length - MAX_DEFINITIONS
  if (excess > 0) refused.push(`${String(excess)} definitions beyond the first ${String(MAX_DEFINITIONS)}`)
  return { definitions: [...sound.values()], refused }
}

/** The JSON list that service sync carries: sorted by address and protocol, so that the same services give the same text. */
export function formatServiceDefinitions(definitions: readonly ServiceDefinition[]): string {
  const sorted = [...definitions].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return JSON.stringify(
    sorted.map(({ address, protocol, ports, labels: own }) => ({
      address,
      protocol,
      ports,
      ...(own === undefined ? {} : { labels: own }),
      targets: [],
    })),
  )
}

/** A service whose ports differ in protocol is told as one definition for each protocol. */
function keyOf({ address, protocol }: ServiceDefinition): string {
  return `${address} ${protocol}`
}

function listOf(text: string): unknown[] {
  const wanted = `a JSON list of at most ${String(MAX_DEFINITIONS_TEXT)} characters`
  const fail = (why: string, cause?: unknown) =>
    new SkupperError('service-definition/invalid', `service definitions: ${why}; wanted ${wanted}`, { wanted, cause })
  if (text.length > MAX_DEFINITIONS_TEXT) throw fail(`${String(text.length)} characters`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw fail(messageOf(cause), cause)
  }
  if (!Array.isArray(value)) throw fail('not a list')
  return value
}

function checkDefinition(item: unknown): ServiceDefinition | string {
  const result = definitionSchema.safeParse(withPorts(item))
  if (!result.success) {
    const { path, fault, wanted } = explain(result.error, item)
    return `${nameOf(item)}: ${path.join('.') || 'it'} ${fault}; wanted ${wanted}`
  }
  const { address, protocol, ports, labels: own } = result.data
  return { address, protocol, ports: [...new Set(ports)], ...(own ? { labels: own } : {}) }
}

/** Entries of old carry a single `port`. */
function withPorts(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || 'ports' in item || !('port' in item)) return item
  return { ...item, ports: [item.port] }
}

function nameOf(item: unknown): string {
  const address = typeof item === 'object' && item !== null && 'address' in item ? item.address : undefined
  return typeof address === 'string' ? JSON.stringify(address.slice(0, 63)) : 'a definition without address'
}
