import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { parseRoutingKey } from '../../core/model/address.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'
import { leadsTo, targetName, targetText, type TargetName } from '../target.ts'

/** `skupper service unbind SERVICE TYPE NAME`: takes a target away; the service stays, even without targets. */
export function serviceUnbindCommand(cli: Cli): Command {
  return new Command('unbind')
    .description('Take a target away from a service')
    .argument('<service>', 'address of the service')
    .argument('<type>', 'kind of the target, or TYPE/NAME')
    .argument('[name]', 'name of the target')
    .action(async (...given: [string, string, string | undefined, object, Command]) => {
      const [service, type, name, , command] = given
      const platform = await platformOf(cli, command)
      const target = targetName(platform.targetTypes, type, name)
      await unbind(platform, service, target)
      cli.terminal.print(`${targetText(target)} unbound from ${service}`)
    })
}

async function unbind(platform: Platform, service: string, target: TargetName): Promise<void> {
  await requireSite(platform)
  const connectors = await platform.resources.list('Connector')
  const ofService = connectors.filter(({ spec }) => parseRoutingKey(spec.routingKey)?.address === service)
  const bound = ofService.filter((connector) => leadsTo(connector, target))
  if (bound.length === 0) {
    const message =
      ofService.length === 0
        ? `Unable to unbind skupper service: Could not find entry for service interface ${service}`
        : `Unable to unbind skupper service: Could not find target ${target.name} for service interface ${service}`
    throw new SkupperError('service/unknown-target', message, { given: target.name })
  }
  for (const { metadata } of bound) await platform.resources.delete('Connector', metadata.name)
}
