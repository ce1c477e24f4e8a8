import { SkupperError } from './error.ts'

export const PROTOCOLS = ['tcp', 'http', 'http2'] as const
export type Protocol = (typeof PROTOCOLS)[number]

/** What a port tells of its protocol, each part as far as it is known. */
export interface PortSigns {
  appProtocol?: string | undefined
  portName?: string | undefined
  port?: number | undefined
}

/** A deduced protocol. `reason` names the sign, to be put into brackets after it: `port 8080`. */
export interface Deduction {
  protocol: Protocol
  reason: string
}

const HTTP_PORTS: ReadonlySet<number> = new Set([80, 3000, 8000, 8080, 8081])

const APP_PROTOCOLS: Readonly<Record<string, Protocol>> = {
  http: 'http',
  'kubernetes.io/ws': 'http',
  http2: 'http2',
  h2c: 'http2',
  'kubernetes.io/h2c': 'http2',
  grpc: 'http2',
}

/**
 * The protocol of a port where the user gave none. The first sign that is there decides: appProtocol, then the port's
 * name, then its number; else it is tcp. What is encrypted (https, grpcs, wss) is tcp: its requests cannot be seen.
 */
export function deduceProtocol({ appProtocol, portName, port }: PortSigns): Deduction {
  if (appProtocol !== undefined && appProtocol !== '') {
    const protocol = APP_PROTOCOLS[appProtocol.toLowerCase()] ?? 'tcp'
    return { protocol, reason: `appProtocol ${appProtocol}` }
  }
  const named = portName === undefined ? undefined : protocolOfName(portName.toLowerCase())
  if (named !== undefined) return { protocol: named, reason: `port name ${portName ?? ''}` }
  if (port !== undefined && HTTP_PORTS.has(port)) return { protocol: 'http', reason: `port ${String(port)}` }
  return { protocol: 'tcp', reason: 'nothing tells of another' }
}

/** The protocol of that name. Throws `protocol/unknown`. */
export function parseProtocol(text: string): Protocol {
  const protocol = PROTOCOLS.find((known) => known === text)
  if (protocol !== undefined) return protocol
  const message = `${text} is not a valid mapping. Choose 'tcp', 'http' or 'http2'.`
  throw new SkupperError('protocol/unknown', message, { given: text, wanted: PROTOCOLS.join(', ') })
}

function protocolOfName(name: string): Protocol | undefined {
  if (/^(https|grpcs)/.test(name)) return 'tcp'
  if (/^(http2|grpc|h2c)/.test(name)) return 'http2'
  return name.startsWith('http') ? 'http' : undefined
}
