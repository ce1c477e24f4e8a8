import { h2Load } from './h2load.ts'
import { iperfLoad } from './iperf.ts'
import type { Load } from './load.ts'
import { wrkLoad } from './wrk.ts'

/** All loads that take some seconds; memory is measured by itself. */
export const LOADS: readonly Load[] = [
  wrkLoad('c1', { connections: 1 }),
  wrkLoad('c64', { connections: 64 }),
  wrkLoad('close', { connections: 16, close: true }),
  h2Load('h2c', { connections: 8, streams: 8 }),
  iperfLoad('iperf1', 1),
  iperfLoad('iperf8', 8),
]
