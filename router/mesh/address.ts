/** What kind of router reads an address. Without `network` it belongs to no named network. */
export interface AddressSpace {
  readonly mode: 'interior' | 'edge'
  readonly network?: string
}

/** The key under which an edge router's uplink is bound: whatever belongs to other routers. */
export const UPLINK_KEY = 'L_edge'

/** How an interior router reads addresses. */
export const INTERIOR: AddressSpace = { mode: 'interior' }
/** How an edge router reads them. */
export const EDGE: AddressSpace = { mode: 'edge' }
const MANAGEMENT = '$management'
const TRIMMED = new Set(['/', '.'])

/**
 * The routing key of an address as routers exchange it: one letter for the class, then the rest (protocol sheet,
 * section 2, "Address space"). M = anywhere in the network, L = this router, R = another router, T = every router,
 * H = an edge router, A = another area, N = another network.
 */
export function addressKey(address: string, routerId: string, space = INTERIOR): string {
  const text = plainAddress(address)
  // Each router has its own management; the plain name means the one it is sent to.
  if (text === MANAGEMENT) return `L${MANAGEMENT}`
  return text.startsWith('_') ? reservedKey(text, { routerId, space }) : `M${text}`
}

interface Reader {
  readonly routerId: string
  readonly space: AddressSpace
}

function reservedKey(text: string, reader: Reader): string {
  const [prefix = '', ...path] = text.split('/')
  switch (prefix) {
    case '_local':
      return `L${path.join('/')}`
    case '_topo':
      return topologyKey(path, reader)
    case '_edge':
      return edgeKey(path, reader)
    case '_xtopo':
      return foreignKey(path, reader) ?? topologyKey(path.slice(1), reader)
    case '_xedge':
      return foreignKey(path, reader) ?? edgeKey(path.slice(1), reader)
    default:
      return `M${text}`
  }
}

/** The address without scheme, host, leading slashes and trailing dots or slashes. */
export function plainAddress(address: string): string {
  let from = 0
  let to = address.length
  // The scheme counts only before a slash: "amqp:5672" is a service named amqp.
  if (address.startsWith('amqp:/')) from = 5
  else if (address.startsWith('amqps:/')) from = 6
  if (address.startsWith('//', from)) from = startOfPath(address, from + 2)
  while (address[from] === '/') from++
  while (to > from && TRIMMED.has(address.charAt(to - 1))) to--
  return from === 0 && to === address.length ? address : address.slice(from, to)
}

/** The address of `name` at one interior router; `all` stands for every router. */
export function topologyAddress(routerId: string, name: string): string {
  return `amqp:/_topo/0/${routerId}/${name}`
}

/** The address of `name` at one edge router; without a name, of all that is for this edge. */
export function edgeAddress(edgeId: string, name?: string): string {
  return name === undefined ? `amqp:/_edge/${edgeId}` : `amqp:/_edge/${edgeId}/${name}`
}

/** A reply address at this router. `token` (15 characters) must be new for each use. */
export function temporaryAddress(routerId: string, token: string, { mode } = INTERIOR): string {
  const name = `temp.${token}`
  return mode === 'edge' ? edgeAddress(routerId, name) : topologyAddress(routerId, name)
}

function startOfPath(address: string, from: number): number {
  const slash = address.indexOf('/', from)
  return slash === -1 ? address.length : slash
}

function topologyKey([area = '', router = '', ...rest]: string[], { routerId }: Reader): string {
  if (area !== '0') return `A${area}`
  if (router === 'all') return `T${rest.join('/')}`
  return router === routerId ? `L${rest.join('/')}` : `R${router}`
}

function edgeKey([edge = '', ...rest]: string[], { routerId, space }: Reader): string {
  if (space.mode === 'interior') return `H${edge}`
  return edge === routerId ? `L${rest.join('/')}` : UPLINK_KEY
}

function foreignKey([network = '']: string[], { space }: Reader): string | undefined {
  return space.network === undefined || space.network === network ? undefined : `N${network}`
}
