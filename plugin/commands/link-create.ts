import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { parseCost, timeoutFlag, waitFlag, type WaitFlags } from '../flags.ts'
import type { AccessToken } from '../../core/model/access-token.ts'
import {
  EXPIRES_ANNOTATION,
  GENERATED_BY_ANNOTATION,
  TOKEN_FILE_ANNOTATION,
} from '../../core/model/annotation-names.ts'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import type { Site } from '../../core/model/site.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'
import { readToken } from '../token-file.ts'
import { outgoingLinks, type LinkSources, type OutgoingLink } from '../view/links.ts'
import { waitUntil } from '../wait.ts'

const REFUSED = 'link/refused'
/** A peer without a controller may never say who it is. */
const ACQUAINTANCE_MS = 5_000

interface Flags extends WaitFlags {
  name?: string
  cost?: number
}

/** `skupper link create FILE`: links this site to the one that made the token. */
export function linkCreateCommand(cli: Cli): Command {
  return new Command('create')
    .description('Link this site to the one that made a token')
    .argument('<token-file>', 'a token made with "skupper token create"')
    .option('--name <name>', 'name of the link (link1, link2, … where not given)')
    .option('--cost <cost>', 'cost of the link; traffic prefers cheaper ones', parseCost)
    .addOption(waitFlag())
    .addOption(timeoutFlag('60s'))
    .action(async (file: string, flags: Flags, command: Command) => {
      const platform = await platformOf(cli, command)
      const token = await readToken(file)
      const name = await create(cli, platform, { token, flags }).catch((cause: unknown) => {
        throw failed(cause)
      })
      const configured = `Site configured to link to ${token.spec.url} (name=${name})`
      if (flags.wait === 'none') {
        cli.terminal.print(configured)
        cli.terminal.print(`Check the status of the link using 'skupper link status'.`)
        return
      }
      await waitForLink(cli, platform, { name, timeoutMs: flags.timeout }).catch((cause: unknown) => {
        if (!isRefusal(cause)) cli.terminal.print(configured)
        throw cause
      })
      await waitForName(cli, platform, name)
      cli.terminal.print(configured)
      cli.terminal.print(`Link ${name} is connected`)
    })
}

/** Only after a refusal there is no link. */
const isRefusal = (cause: unknown): boolean => cause instanceof SkupperError && cause.code === REFUSED

async function create(cli: Cli, platform: Platform, given: { token: AccessToken; flags: Flags }): Promise<string> {
  const { token, flags } = given
  const site = await requireSite(platform)
  await refuseSelfAndTwice(token, site, platform)
  const name = flags.name ?? (await freeName(platform))
  refuseReserved(name)
  await refuseTaken(name, platform)
  warnOfExpiry(token, cli)
  await platform.resources.apply({
    ...token,
    metadata: { name, annotations: { ...token.metadata.annotations, [TOKEN_FILE_ANNOTATION]: token.metadata.name } },
    spec: { ...token.spec, linkCost: flags.cost ?? token.spec.linkCost ?? 1 },
  })
  return name
}

async function refuseSelfAndTwice(token: AccessToken, site: Site, { resources }: Platform): Promise<void> {
  const grants = await resources.list('AccessGrant')
  const maker = token.metadata.annotations?.[GENERATED_BY_ANNOTATION]
  const own = grants.some(({ status }) => status?.url === token.spec.url)
  if (own || (maker !== undefined && maker === site.metadata.uid)) {
    throw new SkupperError('link/self', `Can't create connection to self with token`, { given: token.spec.url })
  }
  const [links, tokens] = await Promise.all([resources.list('Link'), resources.list('AccessToken')])
  const linked = [
    ...links.map(({ status }) => status?.remoteSiteId),
    ...tokens.map(({ metadata }) => metadata.annotations?.[GENERATED_BY_ANNOTATION]),
  ]
  const sameUrl = tokens.some(({ spec }) => spec.url === token.spec.url)
  if (sameUrl || (maker !== undefined && linked.includes(maker))) {
    const site = maker ?? token.spec.url
    throw new SkupperError('link/already-connected', `Already connected to "${site}".`, { given: site })
  }
}

/** "link status all" means all links; the others name the site's own credentials. */
function refuseReserved(name: string): void {
  if (name !== 'all' && !name.startsWith('skupper-')) return
  const wanted = 'a name other than "all" and without "skupper-" at its beginning'
  throw new SkupperError('link/name-reserved', `The name "${name}" is reserved; wanted ${wanted}`, {
    given: name,
    wanted,
  })
}

async function refuseTaken(name: string, { resources }: Platform): Promise<void> {
  const taken = (await resources.get('Link', name)) ?? (await resources.get('AccessToken', name))
  if (taken === undefined) return
  const message = `The link "${name}" already exists, please choose a different name`
  throw new SkupperError('link/name-in-use', message, { given: name })
}

/** `link<N>`, one above the highest number in use. */
async function freeName({ resources }: Platform): Promise<string> {
  const named = [...(await resources.list('Link')), ...(await resources.list('AccessToken'))]
  const numbers = named.map(({ metadata }) => Number(/^link(\d+)$/.exec(metadata.name)?.[1] ?? 0))
  return `link${String(Math.max(0, ...numbers) + 1)}`
}

function warnOfExpiry(token: AccessToken, cli: Cli): void {
  const expires = token.metadata.annotations?.[EXPIRES_ANNOTATION]
  if (expires === undefined || new Date(expires) > cli.now()) return
  cli.terminal.warn(`Warning: token may have expired, expiration time: ${expires}`)
}

/** Waits until the link is up. A token that was refused for good leaves no link behind. */
async function waitForLink(cli: Cli, platform: Platform, { name, timeoutMs }: { name: string; timeoutMs: number }) {
  const { resources } = platform
  await waitUntil(
    async () => {
      const [links, tokens] = await Promise.all([resources.list('Link'), resources.list('AccessToken')])
      const token = tokens.find(({ metadata }) => metadata.name === name)
      const refused = token?.status?.conditions?.find(({ type, reason }) => type === 'Redeemed' && reason === 'Error')
      if (refused !== undefined) {
        await resources.delete('AccessToken', name)
        const reason = refused.message ?? 'the other site refused the token'
        throw failed(new SkupperError(REFUSED, `Failed to redeem claim: ${reason}`, { given: name }))
      }
      const link = linkNamed(name, { links, tokens })
      return link?.connected === true ? undefined : (link?.reason ?? 'not connected')
    },
    { what: `Waiting for link ${name}`, timeoutMs, terminal: cli.terminal },
  )
}

/** Both sites learn of each other at about the same time: once this one knows the other, that one shows the link. */
async function waitForName({ terminal }: Cli, { resources }: Platform, name: string): Promise<void> {
  const look = async () => {
    const [links, tokens] = await Promise.all([resources.list('Link'), resources.list('AccessToken')])
    const link = linkNamed(name, { links, tokens })
    return link?.connected === true && link.remoteSite === undefined ? 'its name is not known yet' : undefined
  }
  const waiting = { what: 'Waiting for the other site', timeoutMs: ACQUAINTANCE_MS, terminal }
  await waitUntil(look, waiting).catch((cause: unknown) => {
    if (!(cause instanceof SkupperError && cause.code === 'wait/timeout')) throw cause
  })
}

function linkNamed(name: string, { links, tokens }: Pick<LinkSources, 'links' | 'tokens'>): OutgoingLink | undefined {
  return outgoingLinks({ links, tokens, remoteSites: [] }).find((candidate) => candidate.name === name)
}

function failed(cause: unknown): SkupperError {
  const code = cause instanceof SkupperError ? cause.code : 'link/create'
  return new SkupperError(code, `Failed to create link: ${messageOf(cause)}`, { cause })
}
