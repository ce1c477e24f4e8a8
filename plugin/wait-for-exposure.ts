import type { Cli } from './cli.ts'
import type { Platform } from './platform/platform.ts'
import type { ConditionedStatus } from '../core/model/condition.ts'
import { isCurrent, isTrue } from '../core/model/condition.ts'
import { waitUntil, type Missing } from './wait.ts'

interface Exposure {
  address: string
  /** Routing keys of its ports. */
  keys: readonly string[]
  timeoutMs: number
}

interface Exposed {
  kind: string
  metadata: { name: string; generation?: number | undefined }
  spec: { routingKey: string }
  status?: ConditionedStatus | undefined
}

/**
 * Waits until the router has the ports' connectors and listeners. A listener that cannot be, such as one whose port
 * somebody holds, is told and not waited for: the other sites can call the service all the same.
 */
export async function waitForExposure(cli: Cli, platform: Platform, exposure: Exposure): Promise<void> {
  const { address, keys, timeoutMs } = exposure
  const problems = new Map<string, string>()
  await waitUntil(
    async () => {
      const connectors = await platform.resources.list('Connector')
      const listeners = await platform.resources.list('Listener')
      const ofAddress = [...connectors, ...listeners].filter(({ spec }) => keys.includes(spec.routingKey))
      const troubled = ofAddress.filter((each) => each.kind === 'Listener' && hasError(each.status))
      for (const { metadata, status } of troubled) problems.set(metadata.name, status?.message ?? 'not configured')
      return ofAddress
        .filter((each) => !troubled.includes(each))
        .map(missing)
        .find((text) => text !== undefined)
    },
    { what: `Waiting for ${address}`, timeoutMs, terminal: cli.terminal },
  )
  for (const [name, message] of problems) cli.terminal.warn(`Warning: listener ${name}: ${message}`)
}

function missing(exposed: Exposed): Missing {
  const { kind, metadata, status } = exposed
  if (isTrue(status, 'Configured') && isCurrent(exposed)) return undefined
  return `${kind.toLowerCase()} ${metadata.name}: ${status?.message ?? 'the controller has not reported yet'}`
}

const hasError = (status: ConditionedStatus | undefined): boolean =>
  status?.conditions?.some((each) => each.type === 'Configured' && each.reason === 'Error') ?? false
