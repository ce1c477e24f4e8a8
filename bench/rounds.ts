import type { Load } from './loads/load.ts'
import type { Measurement } from './measurement.ts'
import { measureMemory } from './memory.ts'
import type { Peer, RunningPeer, Setting } from './peers/peer.ts'
import { cpuSeconds, loadAverage, residentMegabytes } from './processes.ts'

export interface Plan {
  readonly peers: readonly Peer[]
  readonly loads: readonly Load[]
  readonly rounds: number
  /** Of each load. */
  readonly seconds: number
  readonly memory: boolean
}

interface Started {
  readonly peer: Peer
  readonly running: RunningPeer
}

type Report = (measurement: Measurement) => Promise<void>

const WARM_UP_SECONDS = 2
const REQUESTS = 100_000

/**
 * Loads the peers one after the other, load after load and round after round, so that what else goes on at the machine
 * meets all alike. Each measurement is given to `report` as soon as it is there.
 */
export async function measure(plan: Plan, setting: Setting, report: Report): Promise<void> {
  if (plan.loads.length > 0) await measureLoads(plan, setting, report)
  if (plan.memory) await measureMemories(plan, setting, report)
}

async function measureLoads(plan: Plan, setting: Setting, report: Report): Promise<void> {
  const started: Started[] = []
  try {
    for (const peer of plan.peers) started.push({ peer, running: await peer.start(setting) })
    const turns = plan.loads.flatMap((load) => started.map((each) => ({ load, ...each })))
    for (const { load, running } of turns) await attempt(load, running, WARM_UP_SECONDS)
    for (let round = 1; round <= plan.rounds; round++) {
      for (const { load, peer, running } of turns) {
        await report({ peer: peer.name, load: load.name, round, ...(await measureLoad(load, running, plan.seconds)) })
      }
    }
  } finally {
    for (const { running } of started) await running.stop()
  }
}

async function measureMemories(plan: Plan, setting: Setting, report: Report): Promise<void> {
  const peers = plan.peers.filter(({ name }) => name !== 'direct')
  for (let round = 1; round <= plan.rounds; round++) {
    for (const peer of peers) {
      for (const measurement of await measureMemory(peer, round, setting)) await report(measurement)
    }
  }
}

async function measureLoad(load: Load, { pids, ports }: RunningPeer, seconds: number) {
  const before = cpuSeconds(pids)
  const result = await attempt(load, { ports }, seconds)
  const cpu = cpuSeconds(pids) - before
  const perUnit = result.amount > 0 ? cpu / result.amount : Number.NaN
  return {
    rate: result.rate,
    p50_us: result.p50Us,
    p99_us: result.p99Us,
    ...(load.unit === 'requests' ? { cpu_s_per_100k: perUnit * REQUESTS } : { cpu_s_per_gb: perUnit }),
    rss_mb: residentMegabytes(pids) / 2,
    errors: result.errors,
    load_average: loadAverage(),
  }
}

/** A load that fails is a result too: nothing done, one error. */
async function attempt(load: Load, { ports }: Pick<RunningPeer, 'ports'>, seconds: number) {
  try {
    return await load.run(ports[load.service], seconds)
  } catch {
    return { amount: 0, rate: 0, p50Us: undefined, p99Us: undefined, errors: 1 }
  }
}
