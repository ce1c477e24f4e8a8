import { z } from 'zod'
import { fields, flag, host, integer, oneOf, port, resourceName, routingKeyText, textMap } from './field-schemas.ts'
import type { Listener } from './listener.ts'
import { resourceSchema, type Known } from './resource-schema.ts'

/** Limits of Skupper v2 (skupper-v2 sheet, section 1.4). */
const MAX_KEYS = 256
const MAX_WEIGHT = 2_147_483_647

const KEYS_WANTED = `a list of 1 to ${String(MAX_KEYS)} routing keys, each once`
const WEIGHTS_WANTED = `1 to ${String(MAX_KEYS)} routing keys with their weights`

const priority = fields({
  routingKeys: z
    .array(routingKeyText, { error: KEYS_WANTED })
    .min(1, { error: KEYS_WANTED })
    .max(MAX_KEYS, { error: KEYS_WANTED })
    .refine((keys) => new Set(keys).size === keys.length, { error: KEYS_WANTED })
    .meta({ 'x-kubernetes-list-type': 'set' }),
})

const weighted = fields({
  routingKeys: z
    .record(routingKeyText, integer(0, MAX_WEIGHT), { error: WEIGHTS_WANTED })
    .refine((weights) => isWithin(Object.keys(weights).length), { error: WEIGHTS_WANTED })
    .meta({ minProperties: 1, maxProperties: MAX_KEYS }),
})

export const multiKeyListenerSchema = resourceSchema('MultiKeyListener', {
  spec: fields({
    host,
    port,
    strategy: fields({ priority: priority.optional(), weighted: weighted.optional() }).refine(
      (strategy) => (strategy.priority === undefined) !== (strategy.weighted === undefined),
      { error: 'exactly one of priority and weighted' },
    ),
    tlsCredentials: resourceName.optional(),
    requireClientCert: flag.optional(),
    observer: oneOf(['auto', 'none', 'http1', 'http2']).optional(),
    settings: textMap.optional(),
  }),
  status: {
    hasDestination: z.boolean().optional(),
    strategy: z
      .looseObject({
        priority: z.looseObject({ routingKeysReachable: z.array(z.string()).optional() }).optional(),
        weighted: z.looseObject({ routingKeysReachable: z.record(z.string(), z.number()).optional() }).optional(),
      })
      .optional(),
  },
})

/** A local entry to several services of the network, which stand in for each other or share what comes. */
export type MultiKeyListener = Known<Omit<z.infer<typeof multiKeyListenerSchema>, 'spec' | 'status'>> &
  Pick<z.infer<typeof multiKeyListenerSchema>, 'spec' | 'status'>

/** Whatever clients of a site connect to. */
export type AnyListener = Listener | MultiKeyListener

/** One of the routing keys of a listener with several. */
export interface RankedKey {
  readonly routingKey: string
  /** Among priorities the higher the better; or the weight. */
  readonly value: number
}

/** How clients are spread over the keys, and the keys: by priority the best first, by weight by name. */
export function strategyOf({ spec: { strategy } }: MultiKeyListener): {
  readonly kind: 'priority' | 'weighted'
  readonly keys: readonly RankedKey[]
} {
  if (strategy.priority !== undefined) {
    const { routingKeys } = strategy.priority
    const keys = routingKeys.map((routingKey, index) => ({ routingKey, value: routingKeys.length - index }))
    return { kind: 'priority', keys }
  }
  const weights = Object.entries(strategy.weighted?.routingKeys ?? {})
  const keys = weights.map(([routingKey, value]) => ({ routingKey, value }))
  return { kind: 'weighted', keys: keys.sort((a, b) => (a.routingKey < b.routingKey ? -1 : 1)) }
}

/** The routing keys that clients of a listener may get to. */
export function routingKeysOf(listener: AnyListener): readonly string[] {
  if (listener.kind === 'Listener') return [listener.spec.routingKey]
  return strategyOf(listener).keys.map(({ routingKey }) => routingKey)
}

/** Tells listeners of both kinds apart: a Listener goes by its name alone. */
export function listenerKey({ kind, metadata }: AnyListener): string {
  return kind === 'Listener' ? metadata.name : `multiAddress/${metadata.name}`
}

function isWithin(count: number): boolean {
  return count >= 1 && count <= MAX_KEYS
}
