import { cpuSeconds } from './cpu-time.ts'
import type { RunningPeer } from './peers/peer.ts'
import { loadWithWrk, type Load, type LoadResult } from './wrk.ts'

export interface Measurement extends LoadResult {
  readonly peer: string
  readonly round: number
  /** CPU seconds of all processes between client and backend, for 100,000 requests. */
  readonly cpuSecondsPer100k: number
}

export interface NamedPeer extends RunningPeer {
  readonly name: string
}

const WARM_UP_SECONDS = 2

/**
 * Loads the peers one after the other, round after round, so that what else goes on at the machine meets all alike.
 * Each measurement is given to `report` as soon as it is there.
 */
export async function measure(
  peers: readonly NamedPeer[],
  { rounds, load }: { rounds: number; load: Load },
  report: (measurement: Measurement) => void,
): Promise<void> {
  for (const { port } of peers) await loadWithWrk(port, { ...load, seconds: WARM_UP_SECONDS })
  for (let round = 1; round <= rounds; round++) {
    for (const { name, port, pids } of peers) {
      const before = cpuSeconds(pids)
      const result = await loadWithWrk(port, load)
      const cpuSecondsPer100k = ((cpuSeconds(pids) - before) / result.requests) * 100_000
      report({ peer: name, round, ...result, cpuSecondsPer100k })
    }
  }
}
