import type { CertificateFiles } from '../certificates.ts'

/** What a peer is started with. */
export interface Setting {
  /** For its files; removed after the run. */
  readonly directory: string
  readonly certificates: CertificateFiles
  readonly backendPort: number
  /** Where our routers leave a CPU profile when they end; undefined for none. */
  readonly profiles: string | undefined
}

/** A way from a client to the backend, up and running. */
export interface RunningPeer {
  /** Where clients connect. */
  readonly port: number
  /** The processes that are on the way; their CPU time is counted. */
  readonly pids: readonly number[]
  stop(): Promise<void>
}

export interface Peer {
  readonly name: string
  start(setting: Setting): Promise<RunningPeer>
}
