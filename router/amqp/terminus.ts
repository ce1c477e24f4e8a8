import { asOneOf, composite } from './composite.ts'
import type { Described } from './value.ts'

/** One end of a link (AMQP 1.0, part 3.5): what is read from (source) or written to (target). */
export interface Terminus {
  address?: string | undefined
  /** Asks the peer to make a node with an address of its choice. */
  dynamic?: boolean | undefined
  capabilities?: readonly string[] | undefined
  /** 0 none, 1 configuration, 2 unsettled state. */
  durable?: number | undefined
  /** `link-detach`, `session-end`, `connection-close` or `never`. */
  expiryPolicy?: string | undefined
  /** Seconds. */
  timeout?: number | undefined
}

/** What stands in an attach for `terminus`. */
export function terminusValue(kind: 'source' | 'target', terminus: Terminus | undefined): Described | undefined {
  return terminus === undefined ? undefined : composite(kind, terminus)
}

/**
 * Reads what stands in an attach: undefined for null, and for kinds we do not serve (a transaction coordinator).
 *
 * @throws SkupperError `amqp/decode-error`
 */
export function readTerminus(value: unknown): Terminus | undefined {
  const found = asOneOf(value, ['source', 'target'])
  if (found === undefined) return undefined
  const { address, dynamic, capabilities, durable, expiryPolicy, timeout } = found.fields
  return {
    address: typeof address === 'string' ? address : undefined,
    dynamic,
    capabilities,
    durable,
    expiryPolicy,
    timeout,
  }
}
