import { SkupperError } from '../core/model/error.ts'
import { PEERS_SECRET, readPeers, type LinkPeer } from '../core/model/link-peers.ts'
import { REVOCATION_SECRET, revocationSecret } from '../core/model/revocation.ts'
import { settingOf } from '../core/model/settings.ts'
import { capabilitiesOf } from '../router/config/engine-capabilities.ts'
import type { Terminal } from './output/terminal.ts'
import type { Platform } from './platform/platform.ts'
import { requireSite } from './site.ts'
import { waitUntil } from './wait.ts'

const DEADLINE_MS = 30_000

type SitePlace = Pick<Platform, 'namespace' | 'resources'>

/**
 * Takes the access of one site away, by its name or id: what it holds opens neither router nor token server any more.
 * Says what was done, a line each. Throws `access/engine-unsupported`, `access/unknown-site`, `access/several-sites` or,
 * where the controller does not follow, `wait/timeout`.
 */
export async function revokeSite(platform: SitePlace, name: string, terminal: Terminal): Promise<string[]> {
  await requireRevokingEngine(platform)
  const meant = await peersCalled(platform, name)
  const due = meant.filter(({ revoked }) => revoked === undefined)
  if (due.length > 0) await revoke(platform, due, { name, terminal })
  return [
    due.length > 0
      ? `Access of site "${name}" revoked: its links to this site end, and its tokens are worthless.`
      : `Site "${name}" has had no access since ${meant[0]?.revoked ?? ''}.`,
    ...(await ownLinks(platform, meant)).map(
      (link) => `The link "${link}" leads from here to that site: "skupper link delete ${link}" ends it.`,
    ),
  ]
}

async function requireRevokingEngine(platform: SitePlace): Promise<void> {
  const engine = settingOf(await requireSite(platform), 'router-engine')
  if (capabilitiesOf(engine).revokesKeys) return
  const reason = `the router engine "${engine}" takes every certificate of this site's authority until it ends`
  const way = '"skupper revoke-access" without --site ends the access of all sites'
  throw new SkupperError('access/engine-unsupported', `--site is not possible here: ${reason}; ${way}`, {
    given: engine,
  })
}

/** The keys of the site of that name or id. Names are what sites call themselves; several may use one. */
async function peersCalled({ resources }: SitePlace, name: string): Promise<LinkPeer[]> {
  const [secret, remoteSites] = await Promise.all([resources.get('Secret', PEERS_SECRET), resources.list('RemoteSite')])
  const names = new Map(remoteSites.map(({ metadata, status }) => [status?.siteId ?? metadata.name, status?.name]))
  const nameOf = ({ siteId, siteName }: LinkPeer): string => siteName ?? names.get(siteId) ?? siteId
  const peers = readPeers(secret)
  const meant = peers.filter((peer) => peer.siteId === name || nameOf(peer) === name)
  const ids = [...new Set(meant.map(({ siteId }) => siteId))]
  if (ids.length === 0) throw unknownSite(name, [...new Set(peers.map(nameOf))].sort())
  if (ids.length > 1) {
    const message = `${String(ids.length)} sites call themselves "${name}"; wanted the id of one: ${ids.join(', ')}`
    throw new SkupperError('access/several-sites', message, { given: name, wanted: ids.join(', ') })
  }
  return meant
}

function unknownSite(name: string, known: readonly string[]): SkupperError {
  const others = known.length === 0 ? 'no site has' : `those that have are ${known.join(', ')}`
  return new SkupperError('access/unknown-site', `No site "${name}" has access to this one: ${others}`, { given: name })
}

interface Wish {
  readonly name: string
  readonly terminal: Terminal
}

async function revoke({ resources }: SitePlace, peers: readonly LinkPeer[], { name, terminal }: Wish): Promise<void> {
  const revocations = peers.map(({ keyHash, admitted }) => ({ keyHash, admitted }))
  await resources.apply(revocationSecret(revocations))
  const keys = new Set(peers.map(({ keyHash }) => keyHash))
  const look = async () => {
    const now = readPeers(await resources.get('Secret', PEERS_SECRET))
    const isLeft = now.some(({ keyHash, revoked }) => keys.has(keyHash) && revoked === undefined)
    return isLeft ? 'the controller has not taken it away yet' : undefined
  }
  await waitUntil(look, { what: `Revoking the access of site "${name}"`, timeoutMs: DEADLINE_MS, terminal })
  await resources.delete('Secret', REVOCATION_SECRET)
}

async function ownLinks({ resources }: SitePlace, peers: readonly LinkPeer[]): Promise<string[]> {
  const ids = new Set(peers.map(({ siteId }) => siteId))
  const links = await resources.list('Link')
  return links.filter(({ status }) => ids.has(status?.remoteSiteId ?? '')).map(({ metadata }) => metadata.name)
}
