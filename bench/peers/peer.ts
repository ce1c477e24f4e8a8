import type { CertificateFiles } from '../certificates.ts'
import type { Child } from '../child.ts'
import { freePort } from '../child.ts'
import type { Ports, ServiceName } from '../loads/load.ts'

/** What a peer is started with. */
export interface Setting {
  /** For its files; removed after the run. */
  readonly directory: string
  readonly certificates: CertificateFiles
  readonly backend: Ports
  /** Where our routers leave a CPU profile when they end; undefined for none. */
  readonly profiles: string | undefined
  /** The programs of peers that are in no package of the system; empty for none. */
  readonly skrouterd: string
  readonly ghostunnel: string
  /** Why there is no ghostunnel, in words. */
  readonly ghostunnelLack: string | undefined
}

/** A way from clients to the backend, up and running. */
export interface RunningPeer {
  /** Where clients connect. */
  readonly ports: Ports
  /** The processes that are on the way: their CPU time and memory are counted. */
  readonly pids: readonly number[]
  stop(): Promise<void>
}

/** All but `direct` are client → A → mutual TLS → B → backend. */
export interface Peer {
  readonly name: string
  /** The command it needs; undefined for none. */
  readonly tool?: string
  /** Where its program is no package: what this setting lacks, and undefined if nothing. */
  lacks?(setting: Setting): string | undefined
  start(setting: Setting): Promise<RunningPeer>
}

export const SERVICES: readonly ServiceName[] = ['http', 'h2c', 'bulk']

export async function freePorts(): Promise<Ports> {
  return { http: await freePort(), h2c: await freePort(), bulk: await freePort() }
}

export function running(ports: Ports, children: readonly Child[]): RunningPeer {
  return {
    ports,
    pids: children.map((child) => child.pid),
    async stop() {
      await Promise.all(children.map((child) => child.stop()))
    },
  }
}
