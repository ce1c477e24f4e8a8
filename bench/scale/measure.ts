import { MeshSimulation } from './mesh-simulation.ts'
import { linksOf, type Shape } from './shape.ts'

/** What a network of one size showed. Times are those of the simulation's own clock. */
export interface ScaleResult {
  readonly shape: Shape
  readonly routers: number
  readonly addresses: number
  /** From all links made to every router knowing every address and a route to its holder. */
  readonly converge_ms: number
  /** On all links, until then. */
  readonly messages: number
  /** Of the outermost router: what it got and sent until then, and each second when all is quiet. */
  readonly spoke_messages: number
  readonly spoke_kb: number
  readonly spoke_messages_per_s: number
  readonly memory_kb_per_router: number
  /** Of this process, for one router. */
  readonly cpu_ms_per_router: number
}

const BALANCED = 3
const STEP_MS = 100
const DEADLINE_MS = 120_000
const QUIET_MS = 30_000
const LINK_DELAY_MS = 10

/** Lets a network of control planes find itself. `collect` frees what is unused, so that memory can be compared. */
export function measureScale(
  size: { shape: Shape; routers: number; addresses: number },
  collect: () => void,
): ScaleResult {
  collect()
  const heapBefore = process.memoryUsage().heapUsed
  const cpuBefore = process.cpuUsage()
  const mesh = new MeshSimulation()
  const ids = Array.from({ length: size.routers }, (_, at) => `r${String(at).padStart(3, '0')}`)
  const spoke = { id: ids.at(-1) ?? '', messages: 0, bytes: 0 }
  mesh.startAll(...ids)
  const keys = Array.from({ length: size.addresses }, (_, at) => `Mservice-${String(at)}:8080`)
  keys.forEach((key, at) => {
    mesh.plane(ids[at % ids.length] ?? '').advertise(key, BALANCED)
  })
  for (const [a, b] of linksOf(size.shape, ids)) {
    const wire = mesh.connect(a, b, { delayMs: LINK_DELAY_MS })
    if (a !== spoke.id && b !== spoke.id) continue
    wire.loses = (message) => {
      spoke.messages++
      spoke.bytes += message.length
      return false
    }
  }
  const convergeMs = converged(mesh, ids, keys)
  const cpu = process.cpuUsage(cpuBefore)
  const until = { messages: mesh.delivered, spoke: spoke.messages, bytes: spoke.bytes }
  mesh.run(QUIET_MS)
  collect()
  return {
    ...size,
    converge_ms: convergeMs,
    messages: until.messages,
    spoke_messages: until.spoke,
    spoke_kb: Math.round(until.bytes / 1000),
    spoke_messages_per_s: (spoke.messages - until.spoke) / (QUIET_MS / 1000),
    memory_kb_per_router: Math.round((process.memoryUsage().heapUsed - heapBefore) / size.routers / 1000),
    cpu_ms_per_router: Math.round((cpu.user + cpu.system) / 1000 / size.routers),
  }
}

function converged(mesh: MeshSimulation, ids: readonly string[], keys: readonly string[]): number {
  // Those that lacked something last are looked at first: mostly one look is enough.
  let lacking = [...ids]
  while (mesh.now < DEADLINE_MS) {
    mesh.run(STEP_MS)
    lacking = lacking.filter((id) => !knowsAll(mesh, id, { ids, keys }))
    if (lacking.length === 0) return mesh.now
  }
  throw new Error(`${String(lacking.length)} routers do not know all after ${String(DEADLINE_MS)} ms`)
}

interface Whole {
  readonly ids: readonly string[]
  readonly keys: readonly string[]
}

function knowsAll(mesh: MeshSimulation, id: string, { ids, keys }: Whole): boolean {
  const plane = mesh.plane(id)
  return keys.every((key, at) => ids[at % ids.length] === id || plane.holders(key).length > 0)
}
