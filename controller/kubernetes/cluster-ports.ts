import { z } from 'zod'
import { listenerKey, type AnyListener } from '../../core/model/multi-key-listener.ts'
import { DEFAULT_ROLE_PORTS } from '../../core/model/router-access.ts'

export const MANAGEMENT_PORT = 5_671
export const HEALTH_PORT = 9_090
/** Of the token server in the controller's pod, and of the routers, which pass its TLS through. */
export const TOKEN_PORT = 8_081
/** Where the routers of one site take each other's connections. */
export const PEER_PORT = 55_672

/** Below it only root may listen. */
const FIRST_PORT = 1_024
const LAST_PORT = 65_535
const RESERVED: ReadonlySet<number> = new Set([
  ...[MANAGEMENT_PORT, HEALTH_PORT, TOKEN_PORT, PEER_PORT],
  ...Object.values(DEFAULT_ROLE_PORTS),
])

const portsSchema = z.record(z.string(), z.int().min(FIRST_PORT).max(LAST_PORT))

/** The router's port for each listener, by its `listenerKey`. */
export type ListenerPorts = ReadonlyMap<string, number>

/** Each listener keeps its port; a new one gets the lowest that is free. A listener beyond the last port gets none. */
export function allocatePorts(
  kept: ListenerPorts,
  listeners: readonly AnyListener[],
  alsoReserved: ReadonlySet<number>,
): ListenerPorts {
  const names = listeners.map(listenerKey)
  const stays = names.flatMap((name) => {
    const port = kept.get(name)
    return port === undefined || RESERVED.has(port) || alsoReserved.has(port) ? [] : [[name, port] as const]
  })
  const ports = new Map(stays)
  const taken = new Set([...RESERVED, ...alsoReserved, ...ports.values()])
  let next = FIRST_PORT
  for (const name of names.filter((each) => !ports.has(each))) {
    while (taken.has(next)) next++
    if (next > LAST_PORT) break
    ports.set(name, next)
    taken.add(next)
  }
  return ports
}

/** The ports that a text keeps; none where it cannot be read. */
export function readListenerPorts(text: string | undefined): ListenerPorts {
  try {
    return new Map(Object.entries(portsSchema.parse(JSON.parse(text ?? ''))))
  } catch {
    return new Map()
  }
}

/** The text that keeps ports, by name in order. */
export function formatListenerPorts(ports: ListenerPorts): string {
  return JSON.stringify(Object.fromEntries([...ports].sort(([a], [b]) => (a < b ? -1 : Number(a > b)))))
}
