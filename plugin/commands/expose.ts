import { Command, Option } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { several, timeoutFlag, waitFlag, type WaitFlags } from '../flags.ts'
import { checkAddress, checkPort, routingKey } from '../../core/model/address.ts'
import { SkupperError } from '../../core/model/error.ts'
import { parseProtocol, type Protocol } from '../../core/model/protocol.ts'
import type { Resource } from '../../core/model/resource.ts'
import type { Site } from '../../core/model/site.ts'
import { exposedPorts, type PortFlags } from '../exposed-ports.ts'
import { chooseProtocol, connectorFor, deductionText, isSynced, listenerFor } from '../exposure.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'
import { targetName, targetText, type Target } from '../target.ts'
import { waitForExposure } from '../wait-for-exposure.ts'

interface Flags extends WaitFlags, PortFlags {
  address?: string
  protocol?: Protocol
  headless?: true
}

/** `skupper expose TYPE NAME`: makes a target's ports callable under an address in every linked site. */
export function exposeCommand(cli: Cli): Command {
  return new Command('expose')
    .description('Expose a workload, a service or a host to every linked site')
    .argument('<type>', 'deployment, statefulset, daemonset or service (on machines: host), or TYPE/NAME')
    .argument('[name]', 'name of the target')
    .option('--address <address>', 'the name under which it is called (that of the target where not given)')
    .option('--port <ports>', 'port or ports to call it on', several(checkPort))
    .option('--target-port <ports>', 'port or ports of the target, as T or PORT:T', several(String))
    .addOption(protocolFlag())
    .addOption(new Option('--headless', 'each pod by its own name').hideHelp())
    .addOption(waitFlag())
    .addOption(timeoutFlag('30s'))
    .action(async (...given: [string, string | undefined, Flags, Command]) => {
      const [type, name, flags, command] = given
      if (flags.headless === true) throw headless()
      const platform = await platformOf(cli, command)
      const target = await find(platform, type, name)
      const { address, ports, deduction } = await expose(platform, target, flags)
      if (flags.wait === 'ready') {
        const keys = ports.map((port) => routingKey(address, port))
        await waitForExposure(cli, platform, { address, keys, timeoutMs: flags.timeout })
      }
      cli.terminal.print(`${targetText(target)} exposed as ${address}${deduction}`)
    })
}

/** `--protocol`; left out, it is deduced and the answer names it. */
export const protocolFlag = (): Option =>
  new Option('--protocol <protocol>', 'tcp, http or http2 (deduced where not given)').argParser(parseProtocol)

async function find(platform: Platform, type: string, name: string | undefined): Promise<Target & { site: Site }> {
  const wanted = targetName(platform.targetTypes, type, name)
  const site = await requireSite(platform)
  return { ...(await platform.target(wanted)), site }
}

async function expose(platform: Platform, target: Target & { site: Site }, flags: Flags) {
  const address = addressOf(target, flags)
  const ports = exposedPorts(target, flags)
  const [existing, listeners] = await Promise.all([
    platform.resources.list('Connector'),
    platform.resources.list('Listener'),
  ])
  const host = platform.listenerHost(target.site, address)
  const chosen = ports.map(({ signs }) => chooseProtocol(flags.protocol, signs))
  const made = ports.flatMap((pair, position): Resource[] => {
    const protocol = chosen[position] ?? chooseProtocol(flags.protocol, pair.signs)
    const key = routingKey(address, pair.port)
    const defined = listeners.find(({ spec }) => spec.routingKey === key)
    if (defined !== undefined && flags.protocol !== undefined) sameProtocol(defined.spec.type ?? 'tcp', flags.protocol)
    const own = defined !== undefined && !isSynced(defined)
    return [
      connectorFor({ address, pair, target, protocol, existing }),
      ...(own ? [] : [listenerFor({ host, address, port: pair.port, protocol })]),
    ]
  })
  await Promise.all(made.map((resource) => platform.resources.apply(resource)))
  return { address, ports: ports.map(({ port }) => port), deduction: deductionText(chosen) }
}

function addressOf(target: Target, flags: Flags): string {
  const address = chosenAddress(target, flags)
  if (address !== target.notAddress) return address
  const reason = 'under its own name it would call itself, since it selects no pods: give another --address'
  throw new SkupperError('flag/address', `${targetText(target)} cannot be exposed as ${address}: ${reason}`, {
    given: address,
  })
}

function chosenAddress(target: Target, flags: Flags): string {
  const address = flags.address ?? target.address
  if (address === undefined) throw new SkupperError('flag/address', '--address is required')
  return checkAddress(address)
}

function sameProtocol(defined: Protocol, given: Protocol): void {
  if (defined === given) return
  const message = `Invalid protocol ${given} for service with mapping ${defined}`
  throw new SkupperError('service/protocol', message, { given, wanted: defined })
}

function headless(): SkupperError {
  const reason = 'pods under names of their own follow with layer 7'
  return new SkupperError('flag/headless', `--headless cannot be used yet: ${reason}`, { wanted: reason })
}
