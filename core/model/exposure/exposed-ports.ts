import { checkPort } from '../address.ts'
import { USER_ANNOTATIONS } from '../annotation-names.ts'
import { messageOf, SkupperError } from '../error.ts'
import { deduceProtocol, type Protocol } from '../protocol.ts'
import { titleOf, type ExposableObject, type ObjectPort } from './exposable-object.ts'
import type { ExposedPort } from './exposure.ts'
import { invalid, type UserWish } from './user-wish.ts'

const MAX_PORTS = 64
const HTTP_PORT = 80
const WANTED = 'ports such as "8080" or "8080:9090,8081"'

export interface PortWish {
  readonly wish: UserWish
  /** Undefined where it is to be deduced for each port. */
  readonly protocol: Protocol | undefined
  /** Whether `skupper.io/port` counts: in v1 it did not on Services. */
  readonly takesPorts: boolean
}

/** A port before its protocol is known. The target of a Service's port may be the name of a port of its pods. */
interface PortPair extends ObjectPort {
  readonly targetPort: number | string
}

/**
 * The ports under which an object is called, from its annotation, else from the object. A Service whose pods' ports
 * are given by names that nobody knows is called at its own ports: `byService` says so. Throws `annotation/invalid`, `exposure/no-ports`.
 */
export function exposedPorts(
  object: ExposableObject,
  { wish, protocol, takesPorts }: PortWish,
): { ports: ExposedPort[]; byService: boolean } {
  const given = takesPorts ? wish.port : undefined
  const asked = given === undefined ? declaredPairs(object, wish, protocol) : givenPairs(object, given)
  const pairs = asked.map((pair) => ({ ...pair, targetPort: object.podPorts?.[pair.targetPort] ?? pair.targetPort }))
  const byService = pairs.some(({ targetPort }) => typeof targetPort === 'string')
  const ports = pairs.map((pair): ExposedPort => {
    const { port, targetPort } = pair
    const deduction = deduceProtocol({ appProtocol: pair.appProtocol, portName: pair.name, port })
    return {
      port,
      targetPort: byService || typeof targetPort === 'string' ? servicePort(object, pair) : targetPort,
      protocol: protocol ?? deduction.protocol,
      ...(protocol === undefined ? { deduced: deduction.reason } : {}),
    }
  })
  return { ports, byService }
}

/** `8080:9090` for each port, without the target where it is the same. */
export function formatPorts(ports: readonly ExposedPort[]): string {
  return ports
    .map(({ port, targetPort }) => (port === targetPort ? String(port) : `${String(port)}:${String(targetPort)}`))
    .join(',')
}

function givenPairs(object: ExposableObject, given: string): PortPair[] {
  const pairs = new Map<number, PortPair>()
  for (const element of given.split(',')) {
    const pair = givenPair(object, element.trim(), given)
    const before = pairs.get(pair.port)
    if (before !== undefined && before.targetPort !== pair.targetPort) {
      throw invalid(object, 'port', { given, wanted: `one target for port ${String(pair.port)}` })
    }
    pairs.set(pair.port, pair)
  }
  if (pairs.size > MAX_PORTS) throw invalid(object, 'port', { given, wanted: `at most ${String(MAX_PORTS)} ports` })
  return [...pairs.values()]
}

function givenPair(object: ExposableObject, element: string, given: string): PortPair {
  const [first = '', second, ...more] = element.split(':')
  if (more.length > 0) throw invalid(object, 'port', { given, wanted: WANTED })
  try {
    const port = checkPort(first)
    const isService = object.kind === 'Service'
    const own = object.ports.find((known) => known.port === (isService || second === undefined ? port : Number(second)))
    const target = second === undefined ? undefined : checkPort(second)
    return { port, targetPort: target ?? own?.targetPort ?? port, name: own?.name, appProtocol: own?.appProtocol }
  } catch (cause) {
    throw invalid(object, 'port', { given, wanted: `${WANTED}: ${messageOf(cause)}` })
  }
}

function declaredPairs(object: ExposableObject, wish: UserWish, protocol: Protocol | undefined): PortPair[] {
  const declared = object.kind === 'Service' ? servicePairs(object, wish) : workloadPairs(object)
  if (declared.length > 0) return declared.slice(0, MAX_PORTS)
  // As Skupper v1 has it (reference, section 6.1).
  if (protocol === 'http' && object.kind !== 'StatefulSet' && object.kind !== 'Service') {
    return [{ port: HTTP_PORT, targetPort: HTTP_PORT }]
  }
  const message = `${titleOf(object)} declares no TCP port; set annotation ${USER_ANNOTATIONS.port} to ${WANTED}`
  throw new SkupperError('exposure/no-ports', message, { wanted: WANTED })
}

function servicePairs({ ports, relatedPorts, externalName }: ExposableObject, wish: UserWish): PortPair[] {
  if (externalName !== undefined) return ports.map((port) => ({ ...port, targetPort: port.port }))
  if (wish.target === undefined) return ports.map((port) => ({ ...port, targetPort: port.targetPort ?? port.port }))
  // One port each is a pair; otherwise the other Service has the same ports.
  const [other, ...more] = relatedPorts ?? []
  const single = ports.length === 1 && more.length === 0 ? other?.port : undefined
  return ports.map((port) => ({ ...port, targetPort: single ?? port.port }))
}

/** A StatefulSet's ports are those of the Service that governs it, where that is known. */
function workloadPairs({ kind, ports, relatedPorts = [] }: ExposableObject): PortPair[] {
  if (kind !== 'StatefulSet' || relatedPorts.length === 0)
    return ports.map((port) => ({ ...port, targetPort: port.port }))
  return relatedPorts.map((related) => {
    const { targetPort } = related
    const named = typeof targetPort === 'string' ? ports.find(({ name }) => name === targetPort)?.port : targetPort
    return { ...related, targetPort: named ?? related.port }
  })
}

/** The port of the Service behind which the pods' port is. */
function servicePort(object: ExposableObject, { port, targetPort }: PortPair): number {
  const own = object.ports.find((known) => known.port === port || known.targetPort === targetPort)
  return own?.port ?? port
}
