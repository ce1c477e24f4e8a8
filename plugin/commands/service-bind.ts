import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { several } from '../flags.ts'
import { parseRoutingKey } from '../../core/model/address.ts'
import { exposedPorts } from '../exposed-ports.ts'
import { connectorFor, requireService } from '../exposure.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'
import { targetName, targetText, type TargetName } from '../target.ts'

interface Binding {
  service: string
  target: TargetName
  targetPorts: string[]
}

/** `skupper service bind SERVICE TYPE NAME`: adds a target to a service. */
export function serviceBindCommand(cli: Cli): Command {
  return new Command('bind')
    .description('Add a target to a service')
    .argument('<service>', 'address of the service')
    .argument('<type>', 'kind of the target, or TYPE/NAME')
    .argument('[name]', 'name of the target')
    .option('--target-port <ports>', 'port or ports of the target, as T or PORT:T', several(String))
    .action(async (...given: [string, string, string | undefined, { targetPort?: string[] }, Command]) => {
      const [service, type, name, flags, command] = given
      const platform = await platformOf(cli, command)
      const target = targetName(platform.targetTypes, type, name)
      await bind(platform, { service, target, targetPorts: flags.targetPort ?? [] })
      cli.terminal.print(`${targetText(target)} bound to ${service}`)
    })
}

async function bind(platform: Platform, { service, target: name, targetPorts }: Binding): Promise<void> {
  await requireSite(platform)
  const listeners = await requireService(platform, service)
  const target = await platform.target(name)
  const ports = listeners.flatMap(({ spec }) => parseRoutingKey(spec.routingKey)?.port ?? [])
  const pairs = exposedPorts(target, { port: ports, targetPort: targetPorts })
  const existing = await platform.resources.list('Connector')
  for (const [position, pair] of pairs.entries()) {
    const protocol = { protocol: listeners[position]?.spec.type ?? ('tcp' as const) }
    await platform.resources.apply(connectorFor({ address: service, pair, target, protocol, existing }))
  }
}
