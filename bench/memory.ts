import { setTimeout as delay } from 'node:timers/promises'
import { openIdleConnections } from './loads/idle-connections.ts'
import type { Measurement } from './measurement.ts'
import type { Peer, Setting } from './peers/peer.ts'
import { loadAverage, residentMegabytes } from './processes.ts'

const CONNECTIONS = 1_000
/** A peer may take its time to come to rest, and to give memory back. */
const SETTLE_MS = 15_000
const GIVE_BACK_MS = 20_000

/**
 * Memory of a peer that has done nothing yet: idle (`mem-idle`), with idle connections (`mem-1000`), and after they
 * are closed (`mem-closed`).
 */
export async function measureMemory(peer: Peer, round: number, setting: Setting): Promise<Measurement[]> {
  const running = await peer.start(setting)
  const measurement = (load: string, connections: number, errors: number): Measurement => ({
    peer: peer.name,
    load,
    round,
    rate: connections,
    rss_mb: residentMegabytes(running.pids) / 2,
    errors,
    load_average: loadAverage(),
  })
  try {
    await delay(SETTLE_MS)
    const idle = measurement('mem-idle', 0, 0)
    const connections = await openIdleConnections(running.ports.http, CONNECTIONS)
    await delay(SETTLE_MS)
    const loaded = measurement('mem-1000', CONNECTIONS, connections.errors)
    await connections.close()
    await delay(GIVE_BACK_MS)
    return [idle, loaded, measurement('mem-closed', 0, 0)]
  } finally {
    await running.stop()
  }
}
