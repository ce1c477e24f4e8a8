import type { AccessGrant } from '../../core/model/access-grant.ts'
import type { AccessToken } from '../../core/model/access-token.ts'
import { GENERATED_BY_ANNOTATION } from '../../core/model/annotation-names.ts'
import type { Link } from '../../core/model/link.ts'

/** What a token must not collide with. */
export interface TokenSurroundings {
  readonly siteId: string
  readonly grants: readonly AccessGrant[]
  /** All tokens of the namespace, older ones first, with the one that is judged. */
  readonly tokens: readonly AccessToken[]
  /** Links that do not come from tokens. */
  readonly links: readonly Link[]
}

/** Credentials of a link lie under its name, and those of the site itself under names that begin so. */
const RESERVED = /^skupper-/

/**
 * Why a token must not be redeemed, in words; undefined if it may. The plugin says the same before it writes a token;
 * this holds for tokens that came another way.
 */
export function tokenObstacle(
  token: AccessToken,
  { siteId, grants, tokens, links }: TokenSurroundings,
): string | undefined {
  const { name } = token.metadata
  if (RESERVED.test(name)) return `The name "${name}" is reserved: names of links do not begin with "skupper-"`
  const maker = makerOf(token)
  if (maker === siteId || grants.some(({ status }) => status?.url === token.spec.url)) {
    return "Can't create connection to self with token"
  }
  if (links.some(({ metadata }) => metadata.name === name)) {
    return `The link "${name}" already exists, please choose a different name`
  }
  const older = tokens.slice(0, tokens.indexOf(token))
  const twin = older.find(
    (other) => other.spec.url === token.spec.url || (maker !== undefined && makerOf(other) === maker),
  )
  if (twin !== undefined) return `Already connected to "${maker ?? token.spec.url}" by link "${twin.metadata.name}".`
  const linked = links.find(({ status }) => maker !== undefined && status?.remoteSiteId === maker)
  return linked === undefined ? undefined : `Already connected to "${maker ?? ''}" by link "${linked.metadata.name}".`
}

function makerOf({ metadata }: AccessToken): string | undefined {
  return metadata.annotations?.[GENERATED_BY_ANNOTATION]
}
