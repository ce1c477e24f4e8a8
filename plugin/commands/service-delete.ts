import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { SkupperError } from '../../core/model/error.ts'
import { parseRoutingKey } from '../../core/model/address.ts'
import { isSynced } from '../exposure.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'
import { originsOf } from '../view/services.ts'

/** `skupper service delete NAME`: removes a service with its targets here. */
export function serviceDeleteCommand(cli: Cli): Command {
  return new Command('delete')
    .description('Remove a service that was defined here, with its targets')
    .argument('<name>', 'its address')
    .action(async (name: string, _flags: object, command: Command) => {
      await remove(await platformOf(cli, command), name)
      cli.terminal.print(`Service ${name} deleted`)
    })
}

async function remove(platform: Platform, address: string): Promise<void> {
  await requireSite(platform)
  const { resources } = platform
  const named = ({ spec }: { spec: { routingKey: string } }) => parseRoutingKey(spec.routingKey)?.address === address
  const listeners = (await resources.list('Listener')).filter(named)
  const connectors = (await resources.list('Connector')).filter(named)
  const own = listeners.filter((listener) => !isSynced(listener))
  if (own.length === 0 && connectors.length === 0)
    throw notOurs(
      address,
      listeners.flatMap((l) => originsOf(l) ?? []),
    )
  for (const { metadata } of connectors) await resources.delete('Connector', metadata.name)
  for (const { metadata } of own) await resources.delete('Listener', metadata.name)
}

function notOurs(address: string, origins: readonly string[]): SkupperError {
  const message =
    origins.length === 0
      ? `Service ${address} not defined`
      : `Service ${address} is defined by another site (${origins.join(', ')}): delete it there`
  return new SkupperError('service/unknown', message, { given: address })
}
