import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { checkAddress, checkPort, parseRoutingKey } from '../../core/model/address.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { Protocol } from '../../core/model/protocol.ts'
import { chooseProtocol, deductionText, isSynced, listenerFor } from '../exposure.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'
import { protocolFlag } from './expose.ts'

/** `skupper service create NAME PORT…`: defines a service; targets are bound to it afterwards. */
export function serviceCreateCommand(cli: Cli): Command {
  return new Command('create')
    .description('Define a service, without targets yet')
    .argument('<name>', 'its address, or NAME:PORT')
    .argument('[ports...]', 'the ports it is called on')
    .addOption(protocolFlag())
    .action(async (...given: [string, string[], { protocol?: Protocol }, Command]) => {
      const [name, ports, flags, command] = given
      const [address = '', inline] = name.split(':', 2)
      const all = inline === undefined ? ports : [inline, ...ports]
      const deduction = await create(await platformOf(cli, command), {
        address,
        ports: all.map(portOf),
        protocol: flags.protocol,
      })
      cli.terminal.print(`Service ${address} created${deduction}`)
    })
}

interface Definition {
  address: string
  ports: number[]
  protocol: Protocol | undefined
}

async function create(platform: Platform, { address, ports, protocol }: Definition): Promise<string> {
  const site = await requireSite(platform)
  checkAddress(address)
  if (ports.length === 0) throw new SkupperError('flag/ports', 'Name and port(s) must be specified')
  const listeners = await platform.resources.list('Listener')
  const taken = listeners.some((listener) => {
    return parseRoutingKey(listener.spec.routingKey)?.address === address && !isSynced(listener)
  })
  if (taken) throw new SkupperError('service/exists', `Service ${address} already defined`, { given: address })
  const chosen = ports.map((port) => chooseProtocol(protocol, { port }))
  const host = platform.listenerHost(site, address)
  const made = ports.map((port, position) => {
    return listenerFor({ host, address, port, protocol: chosen[position] ?? chooseProtocol(protocol, { port }) })
  })
  for (const listener of made) await platform.resources.apply(listener)
  return deductionText(chosen)
}

function portOf(text: string): number {
  if (/^\d+$/.test(text)) return checkPort(text)
  throw new SkupperError('port/invalid', `${text} is not a valid port`, { given: text, wanted: '1 to 65535' })
}
