import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { several } from '../flags.ts'
import { parseRoutingKey } from '../../core/model/address.ts'
import { checkHost, connectorFor, hostTarget, pairPorts, requireService } from '../exposure.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'

interface Binding {
  service: string
  host: string
  targetPorts: string[]
}

/** `skupper service bind SERVICE host HOST`: adds a target to a service. */
export function serviceBindCommand(cli: Cli): Command {
  return new Command('bind')
    .description('Add a target to a service')
    .argument('<service>', 'address of the service')
    .argument('<type>', '"host", or host/NAME')
    .argument('[name]', 'host name or IP address of the target')
    .option('--target-port <ports>', 'port or ports of the target, as T or PORT:T', several(String))
    .action(async (...given: [string, string, string | undefined, { targetPort?: string[] }, Command]) => {
      const [service, type, name, flags, command] = given
      const host = hostTarget(type, name)
      await bind(platformOf(cli, command), { service, host, targetPorts: flags.targetPort ?? [] })
      cli.terminal.print(`host ${host} bound to ${service}`)
    })
}

async function bind(platform: Platform, { service, host, targetPorts }: Binding): Promise<void> {
  await requireSite(platform)
  const listeners = await requireService(platform, service)
  const ports = listeners.flatMap(({ spec }) => parseRoutingKey(spec.routingKey)?.port ?? [])
  const pairs = pairPorts(ports, targetPorts)
  await checkHost(host)
  const existing = await platform.resources.list('Connector')
  for (const [position, pair] of pairs.entries()) {
    const protocol = { protocol: listeners[position]?.spec.type ?? ('tcp' as const) }
    await platform.resources.apply(connectorFor({ address: service, pair, host, protocol, existing }))
  }
}
