import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { outputFlag, parseCount, type OutputFlags } from '../flags.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { Link } from '../../core/model/link.ts'
import { lifetimeOf, readCertificate } from '../../core/pki/certificate.ts'
import { warnOfOldStatus } from '../old-status.ts'
import type { Platform } from '../platform/platform.ts'
import { findSite, notEnabled } from '../site.ts'
import { incomingLinks, linkSentence, outgoingLinks, type IncomingLink, type OutgoingLink } from '../view/links.ts'
import { waitUntil } from '../wait.ts'

interface Flags extends OutputFlags {
  wait?: number
  verbose?: true
}

interface LinksView {
  outgoing: OutgoingLink[]
  incoming: IncomingLink[]
}

/** `skupper link status [NAME]`: a sentence for each link. */
export function linkStatusCommand(cli: Cli): Command {
  return new Command('status')
    .description('Show the links of this site, and those from other sites')
    .argument('[name]', 'only this link')
    .option('-v, --verbose', 'show cost, age and peer of each link')
    .option('--wait <seconds>', 'wait until the links are connected, this long at most', parseCount)
    .addOption(outputFlag())
    .action(async (name: string | undefined, flags: Flags, command: Command) => {
      const platform = await platformOf(cli, command)
      if ((await findSite(platform)) === undefined) {
        if (flags.output === undefined) cli.terminal.print(notEnabled(platform.namespace))
        else cli.terminal.document({ namespace: platform.namespace, enabled: false }, flags.output)
        return
      }
      if (flags.wait !== undefined) await waitForLinks(cli, platform, { name, seconds: flags.wait })
      const view = await viewOf(platform, name)
      await warnOfOldStatus(cli, platform)
      if (flags.output !== undefined) cli.terminal.document(view, flags.output)
      else {
        for (const line of linesOf(view, flags.verbose === true)) cli.terminal.print(line)
        for (const { name: link, warning } of view.outgoing) {
          if (warning !== undefined) cli.terminal.warn(`Warning: link ${link}: ${warning}`)
        }
      }
    })
}

async function viewOf({ resources }: Platform, name: string | undefined): Promise<LinksView> {
  const [links, tokens, remoteSites] = await Promise.all([
    resources.list('Link'),
    resources.list('AccessToken'),
    resources.list('RemoteSite'),
  ])
  const sources = { links, tokens, remoteSites, expiries: await expiriesOf(links, resources) }
  const outgoing = outgoingLinks(sources)
  if (name === undefined || name === 'all') return { outgoing, incoming: incomingLinks(sources) }
  const named = outgoing.filter((link) => link.name === name)
  if (named.length === 0) throw new SkupperError('link/unknown', `No such link "${name}"`, { given: name })
  return { outgoing: named, incoming: [] }
}

/** Credentials that cannot be read, or by this user, are left out: the link itself says what is wrong with them. */
async function expiriesOf(links: readonly Link[], resources: Platform['resources']): Promise<Map<string, string>> {
  const expiries = new Map<string, string>()
  for (const name of new Set(links.flatMap(({ spec }) => spec.tlsCredentials ?? []))) {
    try {
      const { certificate = '' } = (await resources.credentials(name)) ?? {}
      expiries.set(name, new Date(lifetimeOf(readCertificate(certificate)).notAfter).toISOString())
    } catch {
      continue
    }
  }
  return expiries
}

/** Waits for the links; the time-out is no error here, since the sentences that follow say what is not connected. */
async function waitForLinks(
  cli: Cli,
  platform: Platform,
  { name, seconds }: { name: string | undefined; seconds: number },
): Promise<void> {
  const look = async () => (await viewOf(platform, name)).outgoing.find(({ connected }) => !connected)
  const waiting = { what: 'Waiting for the links', timeoutMs: seconds * 1000, terminal: cli.terminal }
  await waitUntil(async () => {
    const missing = await look()
    return missing === undefined ? undefined : linkSentence(missing)
  }, waiting).catch((cause: unknown) => {
    if (!(cause instanceof SkupperError) || cause.code !== 'wait/timeout') throw cause
  })
}

function linesOf({ outgoing, incoming }: LinksView, verbose: boolean): string[] {
  const lines = [
    ...outgoing.flatMap((link) => [linkSentence(link), ...(verbose ? detailLines(link) : [])]),
    ...incoming.flatMap((link) => [
      `Incoming link from ${link.site} is connected`,
      ...(verbose ? rows([['Site:', `${link.site}-${link.siteId}`]]) : []),
    ]),
  ]
  return lines.length === 0 ? ['There are no links configured or connected'] : lines
}

function detailLines(link: OutgoingLink): string[] {
  const peer = link.remoteSiteId === undefined ? undefined : `${link.remoteSite ?? ''}-${link.remoteSiteId}`
  return rows([
    ['Cost:', String(link.cost)],
    ['Created:', link.created],
    ['Endpoint:', link.endpoint],
    ['Expires:', link.expires],
    ['Name:', link.name],
    ['Site:', peer],
    ['Status:', statusOf(link)],
  ])
}

function statusOf({ connected, reason, since, connections }: OutgoingLink): string {
  const from = since === undefined ? '' : ` since ${since}`
  if (!connected) return `Not connected${from}${reason === undefined ? '' : ` (${reason})`}`
  if (connections === undefined) return 'Connected'
  return `Connected, ${String(connections.up)} of ${String(connections.total)} connections`
}

function rows(pairs: readonly (readonly [string, string | undefined])[]): string[] {
  return pairs.flatMap(([label, value]) => (value === undefined ? [] : [` ${label.padEnd(10)} ${value}`]))
}
