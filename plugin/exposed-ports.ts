import { checkPort } from '../core/model/address.ts'
import { SkupperError } from '../core/model/error.ts'
import type { PortSigns } from '../core/model/protocol.ts'
import type { Target, TargetPort } from './target.ts'

/** A port that clients call, and the port of the target behind it. */
export interface PortPair {
  port: number
  targetPort: number
}

/** A port of a target as it is to be exposed, with what tells of its protocol. */
export interface ExposedPort extends PortPair {
  signs: PortSigns
}

export interface PortFlags {
  port?: number[]
  /** `T` in order, or `PORT:T`. */
  targetPort?: string[]
}

/**
 * The ports under which a target is exposed: those of the flags, else those that it says it has. Throws `flag/port`
 * where there are none, and `port/mapping` where target ports do not fit.
 */
export function exposedPorts(target: Target, flags: PortFlags): ExposedPort[] {
  const ports = flags.port ?? target.ports.map(({ port }) => port)
  if (ports.length === 0) throw noPorts(target)
  return pairPorts(ports, flags.targetPort ?? [], (port) => targetPortOf(target, port)).map((pair) => {
    const { portName, appProtocol } = namedPort(target, pair) ?? {}
    return { ...pair, signs: { portName, appProtocol, port: pair.port } }
  })
}

/** Target ports beside the ports: `T` in order, or `S:T` for the port S; `initial` where none is given. Throws `port/mapping`. */
export function pairPorts(
  ports: readonly number[],
  targets: readonly string[],
  initial: (port: number) => number = (port) => port,
): PortPair[] {
  const named = new Map<number, number>()
  const inOrder: number[] = []
  for (const target of targets) {
    const [first, second] = target.split(':')
    if (second === undefined) inOrder.push(checkPort(first ?? ''))
    else named.set(checkPort(first ?? ''), checkPort(second))
  }
  const unknown = [...named.keys()].find((port) => !ports.includes(port))
  if (unknown !== undefined || inOrder.length > ports.length) {
    const message =
      unknown === undefined
        ? `${String(inOrder.length)} target ports given for ${String(ports.length)} ports`
        : `source port not defined in service: ${String(unknown)}`
    throw new SkupperError('port/mapping', message, { given: targets.join(',') })
  }
  return ports.map((port, position) => ({ port, targetPort: named.get(port) ?? inOrder[position] ?? initial(port) }))
}

/** A Service leads from its own ports to those of its pods; of workloads, a port is what it is. */
function targetPortOf({ type, name, ports }: Target, port: number): number {
  const same = ports.find((candidate) => candidate.port === port)
  if (same !== undefined) return same.targetPort
  if (type !== 'service') return port
  const [only, ...others] = ports
  if (only !== undefined && others.length === 0) return only.targetPort
  const wanted = `--target-port for it, or one of ${ports.map((each) => String(each.port)).join(', ')}`
  const message = `service ${name} has no port ${String(port)}; wanted ${wanted}`
  throw new SkupperError('port/mapping', message, { given: port, wanted })
}

const namedPort = ({ ports }: Target, pair: PortPair): TargetPort | undefined =>
  ports.find(({ targetPort }) => targetPort === pair.targetPort)

function noPorts({ type }: Target): SkupperError {
  const message = type === 'host' ? '--port is required' : 'Service port required and cannot be deduced: give --port'
  return new SkupperError('flag/port', message, { wanted: '--port' })
}
