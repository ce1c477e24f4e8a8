import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { parseRoutingKey } from '../../core/model/address.ts'
import { SkupperError } from '../../core/model/error.ts'
import { hostTarget } from '../exposure.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'

/** `skupper service unbind SERVICE host HOST`: takes a target away; the service stays, even without targets. */
export function serviceUnbindCommand(cli: Cli): Command {
  return new Command('unbind')
    .description('Take a target away from a service')
    .argument('<service>', 'address of the service')
    .argument('<type>', '"host", or host/NAME')
    .argument('[name]', 'host name or IP address of the target')
    .action(async (...given: [string, string, string | undefined, object, Command]) => {
      const [service, type, name, , command] = given
      const host = hostTarget(type, name)
      await unbind(platformOf(cli, command), service, host)
      cli.terminal.print(`host ${host} unbound from ${service}`)
    })
}

async function unbind(platform: Platform, service: string, host: string): Promise<void> {
  await requireSite(platform)
  const connectors = await platform.resources.list('Connector')
  const ofService = connectors.filter(({ spec }) => parseRoutingKey(spec.routingKey)?.address === service)
  const bound = ofService.filter(({ spec }) => spec.host === host)
  if (bound.length === 0) {
    const message =
      ofService.length === 0
        ? `Unable to unbind skupper service: Could not find entry for service interface ${service}`
        : `Unable to unbind skupper service: Could not find target ${host} for service interface ${service}`
    throw new SkupperError('service/unknown-target', message, { given: host })
  }
  for (const { metadata } of bound) await platform.resources.delete('Connector', metadata.name)
}
