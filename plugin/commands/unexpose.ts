import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { parseRoutingKey } from '../../core/model/address.ts'
import type { Connector } from '../../core/model/connector.ts'
import { SkupperError } from '../../core/model/error.ts'
import { isSynced } from '../exposure.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'
import { leadsTo, targetName, targetText, type TargetName } from '../target.ts'

/** `skupper unexpose TYPE NAME`: takes a target away, and the service with its last one. */
export function unexposeCommand(cli: Cli): Command {
  return new Command('unexpose')
    .description('Stop exposing a workload, a service or a host')
    .argument('<type>', 'kind of the target, or TYPE/NAME')
    .argument('[name]', 'name of the target')
    .option('--address <address>', 'only under this address')
    .action(async (...given: [string, string | undefined, { address?: string }, Command]) => {
      const [type, name, flags, command] = given
      const platform = await platformOf(cli, command)
      const target = targetName(platform.targetTypes, type, name)
      await unexpose(platform, target, flags.address)
      cli.terminal.print(`${targetText(target)} unexposed`)
    })
}

async function unexpose(platform: Platform, target: TargetName, address: string | undefined): Promise<void> {
  await requireSite(platform)
  const connectors = await platform.resources.list('Connector')
  const serves = (connector: Connector) =>
    leadsTo(connector, target) &&
    (address === undefined || parseRoutingKey(connector.spec.routingKey)?.address === address)
  const removed = connectors.filter(serves)
  if (removed.length === 0) throw unknown(target, address)
  for (const { metadata } of removed) await platform.resources.delete('Connector', metadata.name)
  const left = new Set(connectors.filter((connector) => !serves(connector)).map(({ spec }) => spec.routingKey))
  const bare = new Set(removed.map(({ spec }) => spec.routingKey).filter((key) => !left.has(key)))
  for (const listener of await platform.resources.list('Listener')) {
    const { metadata, spec } = listener
    if (bare.has(spec.routingKey) && !isSynced(listener)) await platform.resources.delete('Listener', metadata.name)
  }
}

function unknown({ name }: TargetName, address: string | undefined): SkupperError {
  const message =
    address === undefined
      ? `Unable to unbind skupper service: Could not find target ${name}`
      : `Unable to unbind skupper service: Could not find entry for service interface ${address}`
  return new SkupperError('service/unknown-target', message, { given: address ?? name })
}
