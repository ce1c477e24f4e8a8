import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { outputFlag, type OutputFlags } from '../flags.ts'
import { SkupperError } from '../../core/model/error.ts'
import { treeLines } from '../output/tree.ts'
import { warnOfOldStatus } from '../old-status.ts'
import type { Platform } from '../platform/platform.ts'
import { findSite, notEnabled } from '../site.ts'
import { networkOf, networkTree, type NetworkSite } from '../view/network.ts'

interface Flags extends OutputFlags {
  verbose?: true
  site?: string
}

/** `skupper network status`: every site of the network and what it is linked to. */
export function networkStatusCommand(cli: Cli): Command {
  return new Command('status')
    .description('Show the sites of the network and their links')
    .option('-v, --verbose', 'show routers and costs too')
    .option('-s, --site <name>', 'only this site')
    .addOption(outputFlag())
    .action(async (flags: Flags, command: Command) => {
      const platform = await platformOf(cli, command)
      const sites = await viewOf(platform)
      if (sites === undefined) {
        if (flags.output === undefined) cli.terminal.print(notEnabled(platform.namespace))
        else cli.terminal.document([], flags.output)
        return
      }
      await warnOfOldStatus(cli, platform)
      const shown = flags.site === undefined ? sites : oneSite(sites, flags.site)
      if (flags.output !== undefined) cli.terminal.document(shown, flags.output)
      else for (const line of treeLines(networkTree(shown, flags))) cli.terminal.print(line)
    })
}

async function viewOf(platform: Platform): Promise<NetworkSite[] | undefined> {
  const { resources, namespace } = platform
  const site = await findSite(platform)
  if (site === undefined) return undefined
  const [links, remoteSites] = await Promise.all([resources.list('Link'), resources.list('RemoteSite')])
  return networkOf({ namespace, version: site.status?.controller?.version, site, links, remoteSites })
}

function oneSite(sites: readonly NetworkSite[], name: string): NetworkSite[] {
  const chosen = sites.filter((site) => site.name === name || site.id === name)
  if (chosen.length > 0) return chosen
  throw new SkupperError('site/unknown', `No site "${name}" in the network`, { given: name })
}
