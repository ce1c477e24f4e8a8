import { SkupperError } from './error.ts'

/** The longest name of a Kubernetes Service, and of what we name after an address. */
const MAX_NAME = 63
const ADDRESS = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const HIGHEST_PORT = 65_535

/** `ADDRESS:PORT`: the routing key of an exposed port. */
export function routingKey(address: string, port: number): string {
  return `${address}:${String(port)}`
}

/** Address and port of a routing key of that form; undefined for any other, which Skupper v2 allows. */
export function parseRoutingKey(key: string): { address: string; port: number } | undefined {
  const [, address, digits] = /^([^:]+):([1-9]\d{0,4})$/.exec(key) ?? []
  if (address === undefined || digits === undefined || Number(digits) > HIGHEST_PORT) return undefined
  return { address, port: Number(digits) }
}

/** Whether a service can have this address: it becomes a host name and the name of a Service (RFC 1035 label). */
export function isAddress(text: string): boolean {
  return text.length <= MAX_NAME && ADDRESS.test(text)
}

/** The address, checked. Throws `address/invalid`. */
export function checkAddress(text: string): string {
  if (isAddress(text)) return text
  const wanted = `at most ${String(MAX_NAME)} lower-case letters, digits and "-", a letter first`
  throw new SkupperError('address/invalid', `Invalid service name: "${text}"; wanted ${wanted}`, {
    given: text,
    wanted,
  })
}

/** The port of a text or number. Throws `port/invalid`. */
export function checkPort(given: string | number): number {
  const port = typeof given === 'string' && !/^\d{1,5}$/.test(given) ? NaN : Number(given)
  if (Number.isInteger(port) && port >= 1 && port <= HIGHEST_PORT) return port
  const wanted = `a port from 1 to ${String(HIGHEST_PORT)}`
  throw new SkupperError('port/invalid', `Port ${String(given)} is outside valid range; wanted ${wanted}.`, {
    given,
    wanted,
  })
}

/** The name of the Listener, and of the first Connector, of an exposed port: `ADDRESS-PORT`. */
export function listenerName(address: string, port: number): string {
  return shortName(`${address}-${String(port)}`)
}

/** The name of a further Connector of an exposed port: `ADDRESS-PORT-HOST`, made fit for a name. */
export function connectorName(address: string, port: number, host: string): string {
  const tail = host
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  const name = `${address}-${String(port)}-${tail}`
  // Hosts that differ only in what a name cannot hold must not share one.
  return tail === host ? shortName(name) : shortName(`${name}-${hashOf(host)}`)
}

/** The name itself where it fits, else its beginning and a hash of the whole. */
function shortName(name: string): string {
  if (name.length <= MAX_NAME) return name
  const hash = hashOf(name)
  return `${name.slice(0, MAX_NAME - 1 - hash.length)}-${hash}`
}

/** FNV-1a of 64 bits, 13 characters of base 36 at most. It tells names apart; it keeps no secret. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return hash.toString(36)
}
