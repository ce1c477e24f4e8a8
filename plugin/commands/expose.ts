import { Command, Option } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { several, timeoutFlag, waitFlag, type WaitFlags } from '../flags.ts'
import { checkAddress, checkPort, routingKey } from '../../core/model/address.ts'
import { isTrue } from '../../core/model/condition.ts'
import { SkupperError } from '../../core/model/error.ts'
import { parseProtocol, type Protocol } from '../../core/model/protocol.ts'
import type { Resource } from '../../core/model/resource.ts'
import {
  checkHost,
  chooseProtocol,
  connectorFor,
  deductionText,
  hostTarget,
  isSynced,
  listenerFor,
  pairPorts,
} from '../exposure.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'
import { waitUntil } from '../wait.ts'

interface Flags extends WaitFlags {
  address?: string
  port?: number[]
  targetPort?: string[]
  protocol?: Protocol
}

/** `skupper expose host HOST`: makes a host's ports callable under an address in every linked site. */
export function exposeCommand(cli: Cli): Command {
  return new Command('expose')
    .description('Expose a host to every linked site')
    .argument('<type>', '"host", or host/NAME')
    .argument('[name]', 'host name or IP address of the target')
    .option('--address <address>', 'the name under which it is called')
    .option('--port <ports>', 'port or ports to call it on', several(checkPort))
    .option('--target-port <ports>', 'port or ports of the target, as T or PORT:T', several(String))
    .addOption(protocolFlag())
    .addOption(waitFlag())
    .addOption(timeoutFlag('30s'))
    .action(async (...given: [string, string | undefined, Flags, Command]) => {
      const [type, name, flags, command] = given
      const platform = platformOf(cli, command)
      const host = hostTarget(type, name)
      const { address, deduction } = await expose(platform, host, flags)
      if (flags.wait === 'ready') await waitForTargets(cli, platform, { address, flags })
      cli.terminal.print(`host ${host} exposed as ${address}${deduction}`)
    })
}

/** `--protocol`; left out, it is deduced and the answer names it. */
export const protocolFlag = (): Option =>
  new Option('--protocol <protocol>', 'tcp, http or http2 (deduced where not given)').argParser(parseProtocol)

async function expose(platform: Platform, host: string, flags: Flags) {
  const site = await requireSite(platform)
  if (flags.address === undefined) throw new SkupperError('flag/address', '--address is required')
  if (flags.port === undefined) throw new SkupperError('flag/port', '--port is required')
  const address = checkAddress(flags.address)
  const pairs = pairPorts(flags.port, flags.targetPort ?? [])
  await checkHost(host)
  const existing = await platform.resources.list('Connector')
  const listeners = await platform.resources.list('Listener')
  const chosen = pairs.map(({ port }) => chooseProtocol(flags.protocol, port))
  const made = pairs.flatMap((pair, position): Resource[] => {
    const protocol = chosen[position] ?? chooseProtocol(flags.protocol, pair.port)
    const key = routingKey(address, pair.port)
    const defined = listeners.find(({ spec }) => spec.routingKey === key)
    if (defined !== undefined && flags.protocol !== undefined) sameProtocol(defined.spec.type ?? 'tcp', flags.protocol)
    const own = defined !== undefined && !isSynced(defined)
    return [
      connectorFor({ address, pair, host, protocol, existing }),
      ...(own ? [] : [listenerFor({ site, address, port: pair.port, protocol })]),
    ]
  })
  for (const resource of made) await platform.resources.apply(resource)
  return { address, deduction: deductionText(chosen) }
}

function sameProtocol(defined: Protocol, given: Protocol): void {
  if (defined === given) return
  const message = `Invalid protocol ${given} for service with mapping ${defined}`
  throw new SkupperError('service/protocol', message, { given, wanted: defined })
}

async function waitForTargets(cli: Cli, platform: Platform, { address, flags }: { address: string; flags: Flags }) {
  const keys = (flags.port ?? []).map((port) => routingKey(address, port))
  await waitUntil(
    async () => {
      const connectors = await platform.resources.list('Connector')
      const own = connectors.filter(({ spec }) => keys.includes(spec.routingKey))
      const missing = own.find(({ status }) => !isTrue(status, 'Configured'))
      if (missing === undefined) return undefined
      return `connector ${missing.metadata.name}: ${missing.status?.message ?? 'not configured'}`
    },
    { what: `Waiting for ${address}`, timeoutMs: flags.timeout, terminal: cli.terminal },
  )
}
