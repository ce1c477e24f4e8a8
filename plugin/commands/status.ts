import { Command } from 'commander'
import type { GivenCredentials } from '../../core/model/credentials.ts'
import { platformOf, type Cli } from '../cli.ts'
import { outputFlag, type OutputFlags } from '../flags.ts'
import { findSite, notEnabled } from '../site.ts'
import { warnOfOldStatus } from '../old-status.ts'
import type { Platform } from '../platform/platform.ts'
import { servicesOf } from '../view/services.ts'
import { siteLines, siteView, type SiteView } from '../view/site.ts'

/** `skupper status`: whether the namespace has a site, and what it is connected to. */
export function statusCommand(cli: Cli): Command {
  return new Command('status')
    .description('Show whether Skupper is enabled here, and what it is connected to')
    .option('-v, --verbose', 'show each figure on a line')
    .addOption(outputFlag())
    .action(async (flags: OutputFlags & { verbose?: true }, command: Command) => {
      const platform = await platformOf(cli, command)
      const view = await viewOf(platform)
      await warnOfOldStatus(cli, platform)
      if (flags.output !== undefined) {
        cli.terminal.document(view ?? { namespace: platform.namespace, enabled: false }, flags.output)
      } else if (view === undefined) {
        cli.terminal.print(notEnabled(platform.namespace))
      } else {
        for (const line of flags.verbose === true ? verboseLines(view) : siteLines(view)) cli.terminal.print(line)
        if (view.warning !== undefined) cli.terminal.warn(`Warning: ${view.warning}`)
        for (const problem of await platform.problems()) cli.terminal.warn(problem)
      }
    })
}

async function viewOf(platform: Platform): Promise<SiteView | undefined> {
  const site = await findSite(platform)
  if (site === undefined) return undefined
  const { resources, namespace } = platform
  const [links, remoteSites, listeners, multiKeyListeners, connectors] = await Promise.all([
    resources.list('Link'),
    resources.list('RemoteSite'),
    resources.list('Listener'),
    resources.list('MultiKeyListener'),
    resources.list('Connector'),
  ])
  const sources = { siteName: site.metadata.name, listeners, multiKeyListeners, connectors, remoteSites }
  const serverCredentials = await serverCredentialsOf(platform)
  return siteView({ namespace, site, links, remoteSites, services: servicesOf(sources).length, serverCredentials })
}

/** What cannot be read, or not by this user, is left out: the site's own condition says when it ends. */
async function serverCredentialsOf({ resources }: Platform): Promise<GivenCredentials | undefined> {
  try {
    const [access] = await resources.list('RouterAccess')
    return access && (await resources.credentials(access.spec.tlsCredentials))
  } catch {
    return undefined
  }
}

function verboseLines(view: SiteView): string[] {
  const { namespace, mode, name, ready, message, sites, services, certificates } = view
  const rows: [string, string | number][] = [
    ['namespace:', namespace],
    ['mode:', mode],
    ['site name:', name],
    ['ready:', ready ? 'yes' : `no, ${message ?? 'the controller has not reported yet'}`],
    ['total connections:', sites.total],
    ['direct connections:', sites.direct],
    ['indirect connections:', sites.indirect],
    ['exposed services:', services],
    ...(certificates === undefined ? [] : certificateRows(certificates)),
  ]
  const width = Math.max(...rows.map(([label]) => label.length)) + 1
  return rows.map(([label, value]) => `${label.padEnd(width)} ${String(value)}`)
}

function certificateRows({ server, authorities: [authority, former] }: Certificates): [string, string][] {
  return [
    ['certificate ends:', server],
    ...(authority === undefined ? [] : [['authority ends:', authority] satisfies [string, string]]),
    ...(former === undefined ? [] : [['former authority ends:', former] satisfies [string, string]]),
  ]
}

type Certificates = NonNullable<SiteView['certificates']>
