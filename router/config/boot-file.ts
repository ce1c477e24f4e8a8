import { messageOf, SkupperError } from '../../core/model/error.ts'
import { quoted } from '../../core/model/schema-issue.ts'
import { INLINE_TLS, parseEntity, type Entity, type EntityConfig } from './entities.ts'

/** More than any site needs: 5,000 services of 50 pods each would be 250,000 entities. */
const MAX_ENTITIES = 500_000

/**
 * The entities of a router's JSON config file, a list of `[type, attributes]` pairs. Throws `config/not-json`,
 * `config/not-a-list`, `config/unknown-type` or `config/invalid-attribute`; the message names the entity by its place
 * in the list (from 0), its type and the attribute.
 */
export function parseBootFile(text: string): Entity[] {
  const list = jsonOf(text)
  const wanted = `a list of at most ${String(MAX_ENTITIES)} [type, attributes] pairs`
  if (!Array.isArray(list) || list.length > MAX_ENTITIES) {
    const given = Array.isArray(list) ? `a list of ${String(list.length)}` : quoted(list)
    throw new SkupperError('config/not-a-list', `router config is ${given}; wanted ${wanted}`, { given, wanted })
  }
  return list.map((pair: unknown, index) => entityAt(pair, index))
}

/** The text of a router's config file, one entity on each line. Certificates and keys written out stay out of it. */
export function formatBootFile(entities: readonly EntityConfig[]): string {
  return `[\n${entities.map((pair) => `  ${JSON.stringify(pair, withoutInline)}`).join(',\n')}\n]\n`
}

const INLINE: ReadonlySet<string> = new Set(INLINE_TLS)

function withoutInline(name: string, value: unknown): unknown {
  return INLINE.has(name) ? undefined : value
}

function entityAt(pair: unknown, index: number): Entity {
  const where = `entity ${String(index)}`
  if (!Array.isArray(pair) || pair.length !== 2) {
    const wanted = 'a pair [type, attributes]'
    throw new SkupperError('config/not-a-list', `${where} is ${quoted(pair)}; wanted ${wanted}`, {
      given: pair,
      wanted,
    })
  }
  const [type, attributes] = pair as unknown[]
  return parseEntity(type, attributes, where)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SkupperError('config/not-json', `router config is not JSON: ${messageOf(cause)}`, { cause })
  }
}
