import type { AccessToken } from '../core/model/access-token.ts'
import { CONTROLLED_ANNOTATION } from '../core/model/annotation-names.ts'
import type { Link } from '../core/model/link.ts'
import type { Store } from '../core/store/store.ts'
import type { Log } from './log.ts'
import type { Redeemed } from './redemption/read-answer.ts'
import { withRedemption, type RedemptionState } from './redemption/token-status.ts'
import type { Redemptions } from './redemptions.ts'
import { byAge } from './site-resources.ts'
import { tokenObstacle } from './token-guard.ts'

/** On a Link that came from a token: the token's uid. A token made again under the same name is another one. */
export const TOKEN_ANNOTATION = 'internal.skupper.io/access-token'

/** The part of a store that is needed. */
export type TokenStore = Pick<Store, 'list' | 'applyRuntime' | 'deleteRuntime' | 'putCredentials' | 'credentials'>

export interface TokenLinksOptions {
  readonly store: TokenStore
  readonly redemptions: Pick<Redemptions, 'progress' | 'keepOnly'>
  readonly siteId: string
  readonly now: Date
  readonly log: Log
}

/**
 * Brings Links in line with the tokens: a token becomes a Link with credentials once it is redeemed, and the Link goes
 * with its token. Answers the tokens with their statuses; nothing of them is stored here.
 */
export async function reconcileTokens(options: TokenLinksOptions): Promise<AccessToken[]> {
  const { store, redemptions, siteId, now } = options
  const [all, tokens, grants] = await Promise.all([
    store.list('Link'),
    tokensOldestFirst(store),
    store.list('AccessGrant'),
  ])
  const links = await withoutStale(all, tokens, options)
  const surroundings = { siteId, grants, tokens, links: links.filter((link) => tokenOf(link) === undefined) }
  const open: AccessToken[] = []
  const reconciled: AccessToken[] = []
  for (const token of tokens) {
    const obstacle = tokenObstacle(token, surroundings)
    const isRedeemed = await hasLink(token, links, store)
    if (obstacle === undefined && !isRedeemed) open.push(token)
    const state = obstacle === undefined ? await stateOf(token, isRedeemed, options) : failed(obstacle)
    reconciled.push(withRedemption(token, state, now))
  }
  redemptions.keepOnly(open)
  return reconciled
}

/** The uid of the token a Link came from. */
export function tokenOf({ metadata }: Link): string | undefined {
  return metadata.annotations?.[TOKEN_ANNOTATION]
}

async function stateOf(token: AccessToken, isRedeemed: boolean, options: TokenLinksOptions): Promise<RedemptionState> {
  if (isRedeemed) return { kind: 'redeemed' }
  // Until it has a uid, which its first status brings, it could not be told from another of its name.
  if (token.metadata.uid === undefined) return { kind: 'trying', message: 'The token is being taken over' }
  const progress = options.redemptions.progress(token)
  if (progress.kind !== 'done') return progress
  await keep(token, progress.redeemed, options)
  return { kind: 'redeemed' }
}

/** Credentials first: it is the Link that says that a token was redeemed. */
async function keep({ metadata }: AccessToken, { links, credentials }: Redeemed, options: TokenLinksOptions) {
  const { store, log } = options
  await store.putCredentials(metadata.name, credentials)
  for (const link of links) {
    const annotations = { [CONTROLLED_ANNOTATION]: 'true', [TOKEN_ANNOTATION]: metadata.uid ?? '' }
    await store.applyRuntime({ ...link, metadata: { ...link.metadata, annotations } })
  }
  log.info({ link: metadata.name }, 'token redeemed, link configured')
}

async function hasLink({ metadata }: AccessToken, links: readonly Link[], store: TokenStore): Promise<boolean> {
  if (!links.some((link) => metadata.uid !== undefined && tokenOf(link) === metadata.uid)) return false
  return (await store.credentials(metadata.name)) !== undefined
}

/** Removes Links whose token is gone. */
async function withoutStale(
  links: readonly Link[],
  tokens: readonly AccessToken[],
  { store, log }: TokenLinksOptions,
): Promise<Link[]> {
  const uids = new Set(tokens.map(({ metadata }) => metadata.uid))
  const kept: Link[] = []
  for (const link of links) {
    const token = tokenOf(link)
    if (token === undefined || uids.has(token)) {
      kept.push(link)
      continue
    }
    await store.deleteRuntime('Link', link.metadata.name)
    log.info({ link: link.metadata.name }, 'link removed: its token is gone')
  }
  return kept
}

async function tokensOldestFirst(store: TokenStore): Promise<AccessToken[]> {
  const tokens = await store.list('AccessToken')
  return tokens.sort(byAge)
}

function failed(message: string): RedemptionState {
  return { kind: 'failed', message }
}
