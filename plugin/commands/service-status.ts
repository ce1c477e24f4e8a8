import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { outputFlag, type OutputFlags } from '../flags.ts'
import { boxTable } from '../output/table.ts'
import { treeLines, type TreeNode } from '../output/tree.ts'
import { warnOfOldStatus } from '../old-status.ts'
import type { Platform } from '../platform/platform.ts'
import { findSite, notEnabled } from '../site.ts'
import { strategyLines } from '../view/multi-key-services.ts'
import type { SiteTargets, UnheardSite } from '../view/service-targets.ts'
import { servicesOf, type ServiceView } from '../view/services.ts'

interface Flags extends OutputFlags {
  verbose?: true
  showLabels?: true
}

/** `skupper service status`: the table of what is exposed, and how many targets each site has for it. */
export function serviceStatusCommand(cli: Cli): Command {
  return new Command('status')
    .description('Show the services of the network and their targets')
    .option('-v, --verbose', 'show sites and targets of each service')
    .option('--show-labels', 'show the labels of each service')
    .addOption(outputFlag())
    .action(async (flags: Flags, command: Command) => {
      const platform = await platformOf(cli, command)
      const services = await viewOf(platform)
      await warnOfOldStatus(cli, platform)
      if (flags.output !== undefined) cli.terminal.document(services ?? [], flags.output)
      else for (const line of linesOf(services, platform.namespace, flags)) cli.terminal.print(line)
    })
}

async function viewOf(platform: Platform): Promise<ServiceView[] | undefined> {
  const site = await findSite(platform)
  if (site === undefined) return undefined
  const [listeners, multiKeyListeners, connectors, remoteSites] = await Promise.all([
    platform.resources.list('Listener'),
    platform.resources.list('MultiKeyListener'),
    platform.resources.list('Connector'),
    platform.resources.list('RemoteSite'),
  ])
  return servicesOf({ siteName: site.metadata.name, listeners, multiKeyListeners, connectors, remoteSites })
}

function linesOf(services: ServiceView[] | undefined, namespace: string, flags: Flags): string[] {
  if (services === undefined) return [notEnabled(namespace)]
  if (services.length === 0) return ['No services defined']
  const title = 'Services exposed through Skupper:'
  const problems = services.flatMap(({ address, problem }) => (problem === undefined ? [] : [`${address}: ${problem}`]))
  if (flags.verbose === true || flags.showLabels === true) {
    return treeLines({ text: title, children: services.map((service) => serviceNode(service, flags)) })
  }
  const silent = services.flatMap(({ address, unheard = [] }) => unheard.map((site) => `${address}: ${silence(site)}`))
  const rows = services.map((service) => [service.name, service.address, service.protocol, targetsText(service)])
  return [title, boxTable(['NAME', 'ADDRESS', 'PROTOCOL', 'TARGETS'], rows), ...problems, ...silent]
}

/** A number when one site has the targets, a line for each site when several do, and for each key of several. */
function targetsText({ targets, strategy }: ServiceView): string {
  if (strategy !== undefined) return strategyLines(strategy).join('\n')
  if (targets.length > 1) return targets.map(({ site, count }) => `${site}: ${String(count)}`).join('\n')
  return String(targets[0]?.count ?? 0)
}

function serviceNode(service: ServiceView, flags: Flags): TreeNode {
  const { address, protocol, labels, problem } = service
  const children = flags.verbose === true ? [destinationsNode(service)] : []
  const pairs = Object.entries(labels).map(([key, value]) => ({ text: `${key}=${value}` }))
  if (flags.showLabels === true && pairs.length > 0) children.push({ text: 'Labels:', children: pairs })
  return { text: `${address} (${protocol})`, details: { problem }, children }
}

/** A site not heard from is none that can be called; whether its targets are still there is not known. */
function silence({ site, count, since }: UnheardSite): string {
  return `${site} has ${String(count)} too, and is not heard from since ${since}`
}

function destinationsNode({ targets, unheard = [], strategy }: ServiceView): TreeNode {
  const silent = unheard.map(({ site, since }) => ({ text: site, details: { 'not heard from since': since } }))
  if (strategy === undefined) return { text: 'Sites:', children: [...targets.map(siteNode), ...silent] }
  const text = strategy.kind === 'priority' ? 'By priority:' : 'By weight:'
  return { text, children: strategyLines(strategy).map((line) => ({ text: line })) }
}

function siteNode({ site, count, hosts }: SiteTargets): TreeNode {
  if (hosts.length === 0) return { text: site, details: { targets: count } }
  return { text: site, children: [{ text: 'Targets:', children: hosts.map((text) => ({ text })) }] }
}
