import { createServer } from 'node:net'
import { SkupperError, messageOf } from '../../core/model/error.ts'

const HIGHEST_PORT = 65_535
/** Another program has it, or only root may have it. Any other fault is the address's, not the port's. */
const NOT_FREE: readonly unknown[] = ['EADDRINUSE', 'EACCES']

/** True if this program could listen on that address now. @throws SkupperError `ports/host-unusable` */
export async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer()
  const fault = await new Promise<Error | undefined>((resolve) => {
    server.once('error', resolve)
    server.listen({ host, port, exclusive: true }, () => {
      resolve(undefined)
    })
  })
  if (fault === undefined) {
    await new Promise((resolve) => server.close(resolve))
    return true
  }
  if ('code' in fault && NOT_FREE.includes(fault.code)) return false
  throw new SkupperError('ports/host-unusable', `cannot listen on ${host}: ${messageOf(fault)}`, {
    given: host,
    cause: fault,
  })
}

/** Where to look for a port. */
export interface PortSearch {
  readonly host: string
  /** The lowest port that will do. */
  readonly from: number
  /** Ports that are spoken for, though perhaps not bound yet. */
  readonly taken: ReadonlySet<number>
}

/** The lowest free port. @throws SkupperError `ports/none-free`, `ports/host-unusable` */
export async function freePort({ host, from, taken }: PortSearch): Promise<number> {
  for (let port = from; port <= HIGHEST_PORT; port++) {
    if (!taken.has(port) && (await isFree(host, port))) return port
  }
  throw new SkupperError('ports/none-free', `no port from ${String(from)} upward is free on ${host}`, { given: host })
}
