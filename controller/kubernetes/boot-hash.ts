import type { EngineCapabilities } from '../../router/config/engine-capabilities.ts'
import { immutablePart } from '../router/boot-entities.ts'
import type { RouterWish } from '../site/premises.ts'
import { hashOf } from './site-labels.ts'

/**
 * The hash of all that takes a new pod. A router that only reads files gets new certificates by one: its mounted
 * Secret follows after a minute, nobody learns when, and the router does not say which certificates it uses.
 */
export function bootHash(
  { entities, contents }: Pick<RouterWish, 'entities' | 'contents'>,
  { inlineTls }: Pick<EngineCapabilities, 'inlineTls'>,
): string {
  const credentials = inlineTls ? [] : [...contents].sort(([a], [b]) => (a < b ? -1 : Number(a > b)))
  return hashOf([immutablePart(entities), ...credentials.map((pair) => JSON.stringify(pair))].join('\n'))
}
