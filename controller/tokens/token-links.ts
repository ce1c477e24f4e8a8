import type { AccessToken } from '../../core/model/access-token.ts'
import { ACCESS_TOKEN_ANNOTATION, CONTROLLED_ANNOTATION } from '../../core/model/annotation-names.ts'
import type { Link } from '../../core/model/link.ts'
import type { Resource } from '../../core/model/resource.ts'
import type { SiteStore } from '../../core/model/site-store.ts'
import type { Log } from '../log.ts'
import type { Redeemed } from '../redemption/read-answer.ts'
import { withRedemption, type RedemptionState } from '../redemption/token-status.ts'
import type { Redemptions } from './redemptions.ts'
import { ofKind } from '../site/site-resources.ts'
import { tokenObstacle } from './token-guard.ts'

/** The part of a store that is needed. */
export type TokenStore = Pick<SiteStore, 'applyRuntime' | 'deleteRuntime' | 'putCredentials' | 'credentials'>

export interface TokenLinksOptions {
  readonly store: TokenStore
  /** What there is now. */
  readonly stored: readonly Resource[]
  readonly redemptions: Pick<Redemptions, 'progress' | 'keepOnly'>
  /** Why a token may not be redeemed as policies stand; one that was redeemed before stays so. */
  readonly refusal: (token: AccessToken) => string | undefined
  readonly siteId: string
  readonly now: Date
  readonly log: Log
}

export interface ReconciledTokens {
  readonly tokens: AccessToken[]
  readonly isChanged: boolean
}

/**
 * Brings Links in line with the tokens: a token becomes a Link with credentials once it is redeemed, and the Link goes
 * with its token. Answers the tokens with their statuses, of which nothing is stored here, and whether any Link was.
 */
export async function reconcileTokens(options: TokenLinksOptions): Promise<ReconciledTokens> {
  const { store, stored, redemptions, siteId, now } = options
  const tokens = ofKind(stored, 'AccessToken')
  const { kept: links, stale } = sortedOut(ofKind(stored, 'Link'), tokens)
  for (const { metadata } of stale) await remove(metadata.name, options)
  const others = links.filter((link) => tokenOf(link) === undefined)
  const surroundings = { siteId, grants: ofKind(stored, 'AccessGrant'), tokens, links: others }
  const open: AccessToken[] = []
  const reconciled: AccessToken[] = []
  let made = 0
  for (const token of tokens) {
    const isRedeemed = await hasLink(token, links, store)
    const obstacle = tokenObstacle(token, surroundings) ?? (isRedeemed ? undefined : options.refusal(token))
    if (obstacle === undefined && !isRedeemed) open.push(token)
    const state = obstacle === undefined ? await stateOf(token, isRedeemed, options) : failed(obstacle)
    if (state.kind === 'redeemed' && !isRedeemed) made++
    reconciled.push(withRedemption(token, state, now))
  }
  redemptions.keepOnly(open)
  return { tokens: reconciled, isChanged: stale.length + made > 0 }
}

/** The uid of the token a Link came from. */
export function tokenOf({ metadata }: Link): string | undefined {
  return metadata.annotations?.[ACCESS_TOKEN_ANNOTATION]
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
    const annotations = { [CONTROLLED_ANNOTATION]: 'true', [ACCESS_TOKEN_ANNOTATION]: metadata.uid ?? '' }
    await store.applyRuntime({ ...link, metadata: { ...link.metadata, annotations } })
  }
  log.info({ link: metadata.name }, 'token redeemed, link configured')
}

async function hasLink({ metadata }: AccessToken, links: readonly Link[], store: TokenStore): Promise<boolean> {
  if (!links.some((link) => metadata.uid !== undefined && tokenOf(link) === metadata.uid)) return false
  return (await store.credentials(metadata.name)) !== undefined
}

/** Links whose token is gone, and all others. */
function sortedOut(links: readonly Link[], tokens: readonly AccessToken[]): { kept: Link[]; stale: Link[] } {
  const uids = new Set(tokens.map(({ metadata }) => metadata.uid))
  const isStale = (link: Link): boolean => {
    const token = tokenOf(link)
    return token !== undefined && !uids.has(token)
  }
  return { kept: links.filter((link) => !isStale(link)), stale: links.filter(isStale) }
}

async function remove(link: string, { store, log }: TokenLinksOptions): Promise<void> {
  await store.deleteRuntime('Link', link)
  log.info({ link }, 'link removed: its token is gone')
}

function failed(message: string): RedemptionState {
  return { kind: 'failed', message }
}
